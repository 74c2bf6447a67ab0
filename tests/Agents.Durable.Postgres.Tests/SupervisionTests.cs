using System.Diagnostics;

namespace Agents.Durable.Postgres.Tests;

public sealed class SupervisionTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("durable-pg-").FullName;
    private readonly CancellationTokenSource _late = new(s_limit);

    [Fact]
    public async Task WaitForEndAsync_WhenTheServerIsKilled_CompletesAndItCanBeStartedAgain()
    {
        var owner = await StartAsync();
        var adopter = await StartAsync();
        try
        {
            var connectionString = owner.ConnectionString;
            var ends = new[] { owner.WaitForEndAsync(_late.Token), adopter.WaitForEndAsync(_late.Token) };
            Assert.All(ends, end => Assert.False(end.IsCompleted));
            using (var process = Process.GetProcessById(owner.ProcessId))
            {
                process.Kill();
            }

            await Task.WhenAll(ends);
            var killed = owner.ProcessId;
            // Both see it end; one starts it, the other finds it started.
            await Task.WhenAll(owner.RestartAsync(_late.Token), adopter.RestartAsync(_late.Token));
            Assert.NotEqual(killed, owner.ProcessId);
            Assert.Equal(owner.ProcessId, adopter.ProcessId);
            Assert.Equal(connectionString, owner.ConnectionString);
        }
        finally
        {
            await owner.StopAsync(_late.Token);
        }
    }

    public void Dispose()
    {
        _late.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<EmbeddedPostgres> StartAsync() => EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = _folder }, cancellationToken: _late.Token);
}
