using System.Globalization;
using Npgsql;

namespace Agents.Durable.Data.Tests.Stream;

public sealed class StreamOutcomeTests(DatabaseFixture database)
{
    private readonly string _task = Guid.NewGuid().ToString();

    [Fact]
    public async Task AppendAsync_WhileConnectionsBreakBeforeAndAfterCommits_WritesEachItemOnceInItsWritersOrder()
    {
        const int Writers = 4, Each = 30;
        await using var proxy = new CuttingProxy(database.DataSource.ConnectionString, share: 0.06, seed: 7);
        await using var broken = NpgsqlDataSource.Create(proxy.ConnectionString);
        await using var process = await StreamProcess.StartAsync(broken);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async w =>
        {
            for (var i = 0; i < Each; i++)
            {
                // Equal texts of one writer: what was written is not taken for what comes next.
                await process.AppendAsync(_task, $"{w}");
                await process.AppendAsync(_task, $"{w}.{i}");
            }
        }));

        var rows = await RowsAsync();
        Assert.True(proxy.Cuts > 10, $"Only {proxy.Cuts} connections were lost.");
        Assert.Equal(Enumerable.Range(1, rows.Count).Select(i => (long)i), rows.Select(r => r.Seq));
        for (var w = 0; w < Writers; w++)
        {
            var expected = Enumerable.Range(0, Each).SelectMany(i => new[] { $"\"{w}\"", $"\"{w}.{i}\"" });
            Assert.Equal(expected, rows.Where(r => r.Update.StartsWith(string.Create(CultureInfo.InvariantCulture, $"\"{w}"), StringComparison.Ordinal)).Select(r => r.Update));
        }
    }

    [Fact]
    public async Task AppendAsync_WhileTheDatabaseRefuses_FailsAtOnce()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource);
        await Assert.ThrowsAsync<PostgresException>(() => process.AppendAsync(_task, "a\0b"));
        Assert.Equal(1, await process.AppendAsync(_task, "after"));
    }

    private async Task<List<(long Seq, string Update)>> RowsAsync()
    {
        await using var command = database.DataSource.CreateCommand("SELECT seq, update FROM task_stream WHERE task_id = $1 ORDER BY seq");
        command.Parameters.Add(new() { Value = _task });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<(long, string)>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add((reader.GetInt64(0), reader.GetString(1)));
        }

        return rows;
    }
}
