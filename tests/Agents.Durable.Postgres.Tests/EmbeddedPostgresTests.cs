using System.Diagnostics;
using Npgsql;

namespace Agents.Durable.Postgres.Tests;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("durable-pg-").FullName;
    private readonly CancellationTokenSource _late = new(s_limit);

    [Fact]
    public async Task StartAsync_OnAnEmptyFolder_MakesADatabaseThatAnswers()
    {
        var server = await StartAsync(_folder);
        try
        {
            Assert.False(server.Adopted);
            Assert.Equal("UTF8", await ScalarAsync(server, "SHOW server_encoding"));
            Assert.Equal("", await ScalarAsync(server, "SHOW listen_addresses"));
            Assert.Equal("on", await ScalarAsync(server, "SHOW fsync"));
            Assert.Equal("durable", await ScalarAsync(server, "SELECT current_database()"));
        }
        finally
        {
            await server.StopAsync(_late.Token);
        }

        Assert.False(Directory.Exists($"/proc/{server.ProcessId}"));
    }

    [Fact]
    public async Task StartAsync_WhileAServerRuns_AdoptsIt()
    {
        var first = await StartAsync(_folder);
        try
        {
            await ScalarAsync(first, "CREATE TABLE kept (a int)");
            var second = await StartAsync(_folder);
            Assert.True(second.Adopted);
            Assert.Equal(first.ProcessId, second.ProcessId);
            Assert.Equal(0L, await ScalarAsync(second, "SELECT count(*) FROM kept"));
        }
        finally
        {
            await first.StopAsync(_late.Token);
        }
    }

    [Fact]
    public async Task StartAsync_TwiceAtOnce_StartsOneServer()
    {
        var both = await Task.WhenAll(Task.Run(() => StartAsync(_folder)), Task.Run(() => StartAsync(_folder)));
        try
        {
            Assert.Equal(both[0].ProcessId, both[1].ProcessId);
            Assert.Single(both, s => s.Adopted);
        }
        finally
        {
            await both[0].StopAsync(_late.Token);
        }
    }

    [Fact]
    public async Task StartAsync_AfterTheServerWasKilled_KeepsWhatWasCommitted()
    {
        var first = await StartAsync(_folder);
        await ScalarAsync(first, "CREATE TABLE kept (a int); INSERT INTO kept VALUES (7)");
        using (var process = Process.GetProcessById(first.ProcessId))
        {
            process.Kill();
        }

        // The killed server's children still hold its memory, and nobody may have reaped it: both are waited for.
        var second = await StartAsync(_folder);
        try
        {
            Assert.False(second.Adopted);
            Assert.Equal(7, await ScalarAsync(second, "SELECT a FROM kept"));
        }
        finally
        {
            await second.StopAsync(_late.Token);
        }
    }

    [Fact]
    public async Task StartAsync_InAClosedFolderWithALongPath_Answers()
    {
        var deep = Path.Combine(_folder, new string('d', 60), new string('e', 60));
        Directory.CreateDirectory(deep);
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var server = await StartAsync(deep);
        await ScalarAsync(server, "CREATE TABLE kept (a int)");
        await server.StopAsync(_late.Token);
        Directory.Delete(new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!, recursive: true);
    }

    [Fact]
    public async Task StartAsync_InterruptedWhileMakingTheCluster_BeginsAgain()
    {
        var half = Directory.CreateDirectory(Path.Combine(_folder, "data.new"));
        await File.WriteAllTextAsync(Path.Combine(half.FullName, "PG_VERSION"), "15\n", _late.Token);
        var server = await StartAsync(_folder);
        await server.StopAsync(_late.Token);
    }

    [Fact]
    public async Task StartAsync_WithAClusterOfAnUnknownVersion_NamesWhatToInstall()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder, "data"));
        await File.WriteAllTextAsync(Path.Combine(data.FullName, "PG_VERSION"), "9\n", _late.Token);
        var e = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(_folder));
        Assert.Contains("postgresql-9", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_WithAnUnknownSetting_ReportsWhatTheServerSaid()
    {
        var options = new EmbeddedPostgresOptions { Folder = _folder, Settings = new Dictionary<string, string> { ["no_such_setting"] = "1" } };
        var e = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(options, cancellationToken: _late.Token));
        Assert.Contains("no_such_setting", e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _late.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<EmbeddedPostgres> StartAsync(string folder) =>
        EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = folder }, cancellationToken: _late.Token);

    private static async Task<object?> ScalarAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
