using Agents.Durable.Data.Transcripts;

namespace Agents.Durable.Data.Tests.Transcripts;

public sealed class TranscriptStoreTests(DatabaseFixture database)
{
    private readonly string _task = Guid.NewGuid().ToString();

    [Fact]
    public async Task Read_AgainAfterMoreWasSaid_GivesAllOfIt()
    {
        var store = new TranscriptStore(database.DataSource);
        await AppendAsync(0, "a", "b");
        Assert.Equal(["a", "b"], await TextsAsync(store, 2));
        await AppendAsync(2, "c", "d", "e");
        Assert.Equal(["a", "b", "c", "d"], await TextsAsync(store, 4));
        Assert.Equal(["a", "b", "c", "d", "e"], await TextsAsync(store, 5));
        Assert.Equal(["a"], await TextsAsync(store, 1));
        Assert.Empty(await TextsAsync(store, 0));
    }

    [Fact]
    public async Task Read_TaskThatWasCleanedAndBeganAnew_GivesWhatIsThereNow()
    {
        var store = new TranscriptStore(database.DataSource);
        await AppendAsync(0, "a", "b", "c");
        Assert.Equal(["a", "b", "c"], await TextsAsync(store, 3));
        await using (var clean = database.DataSource.CreateCommand("delete from transcript where task_id = $1"))
        {
            clean.Parameters.Add(new() { Value = _task });
            await clean.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await AppendAsync(0, "a", "x", "c", "d");
        Assert.Equal(["a", "x", "c"], await TextsAsync(store, 3));
        Assert.Equal(["a", "x", "c", "d"], await TextsAsync(store, 4));
    }

    [Fact]
    public async Task Read_BeyondTheEndOrOverAGap_Throws()
    {
        var store = new TranscriptStore(database.DataSource);
        await Assert.ThrowsAsync<InvalidOperationException>(() => TextsAsync(store, 1));
        await AppendAsync(0, "a");
        Assert.Equal(["a"], await TextsAsync(store, 1));
        await AppendAsync(2, "c");
        Assert.Contains("ends at 1, before 2", (await Assert.ThrowsAsync<InvalidOperationException>(() => TextsAsync(store, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("no message at 1", (await Assert.ThrowsAsync<InvalidOperationException>(() => TextsAsync(store, 3))).Message, StringComparison.Ordinal);
        await AppendAsync(1, "b");
        Assert.Equal(["a", "b", "c"], await TextsAsync(store, 3));
    }

    private async Task AppendAsync(int at, params string[] texts)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        TranscriptEntry[] entries = [.. texts.Select((text, index) => new TranscriptEntry(at + index, new TranscriptMessage { Role = TranscriptRole.User, Text = text }))];
        Assert.Equal(texts.Length, await TranscriptStore.AppendAsync(connection, _task, entries, TestContext.Current.CancellationToken));
    }

    private async Task<string[]> TextsAsync(TranscriptStore store, int head) =>
        [.. (await store.ReadAsync(_task, head, TestContext.Current.CancellationToken)).Select(entry => entry.Message.Text)];
}
