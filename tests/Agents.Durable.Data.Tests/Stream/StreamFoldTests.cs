using System.Text;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data.Stream;

namespace Agents.Durable.Data.Tests.Stream;

public sealed class StreamFoldTests(DatabaseFixture database)
{
    private readonly string _task = Guid.NewGuid().ToString();

    [Fact]
    public async Task Fold_CompleteMessage_OneRowStandsForItsDeltasAndCoversTheirNumbers()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource, o => o.FoldAfter = TimeSpan.Zero);
        await AppendAsync(process, Text("a"), Text("b"), Tool("c1", "{"), Tool("c1", "}"), Tool("c2", "{}"), new MessageDone { Index = 0 });
        var folded = await FoldedAsync(process, 4);

        Assert.Equal([(1, 2), (3, 4), (5, 5), (6, 6)], folded.Select(f => (f.From, f.Seq)));
        Assert.Contains("\"text_delta\":\"ab\"", Encoding.UTF8.GetString(folded[0].Update.Span));
        Assert.Contains("\"arguments_delta\":\"{}\"", Encoding.UTF8.GetString(folded[1].Update.Span));
        Assert.Contains("\"from\":1,", Encoding.UTF8.GetString(folded[0].Json.Span));
        var inside = await process.ReadAsync(_task, 1, 4);
        Assert.Equal((1, 2), (inside[0].From, inside[0].Seq));
    }

    [Fact]
    public async Task Fold_NewAttempt_IsNotMixedWithTheOldOne()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource, o => o.FoldAfter = TimeSpan.Zero);
        var items = new[] { (1, "x"), (1, "y"), (2, "a"), (2, "b") }.Select(t => StreamItem.Of(Text(t.Item2)) with { CallId = "m", Attempt = t.Item1 }).ToArray();
        await process.Stream.AppendAsync(_task, items, TestContext.Current.CancellationToken);
        await AppendAsync(process, new MessageDone());
        var folded = await FoldedAsync(process, 3);
        Assert.Equal([(1, 2, 1), (3, 4, 2), (5, 5, null)], folded.Select(f => (f.From, f.Seq, f.Attempt)));
    }

    [Fact]
    public async Task Fold_FrameBeforeItThatCannotBeRead_IsDoneAllTheSame()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource, o => o.FoldAfter = TimeSpan.Zero);
        StreamItem[] unreadable = [new(Encoding.UTF8.GetBytes("""{"type":"delta","delta":{}}""")), StreamItem.Of(new MessageDone())];
        await process.Stream.AppendAsync(Guid.NewGuid().ToString(), unreadable, TestContext.Current.CancellationToken);
        await AppendAsync(process, Text("a"), Text("b"), new MessageDone());
        var folded = await FoldedAsync(process, 2);
        Assert.Equal([(1, 2), (3, 3)], folded.Select(f => (f.From, f.Seq)));
    }

    private static MessageDeltaUpdate Text(string text) => new() { Index = 0, Delta = new TextDelta(text) };

    private static MessageDeltaUpdate Tool(string call, string arguments) => new() { Index = 0, Delta = new ToolRequestDelta(call, "f", arguments) };

    private async Task AppendAsync(StreamProcess process, params TaskMessageUpdate[] updates)
    {
        foreach (var update in updates)
        {
            await process.Stream.AppendAsync(_task, StreamItem.Of(update), TestContext.Current.CancellationToken);
        }
    }

    private async Task<IReadOnlyList<StreamFrame>> FoldedAsync(StreamProcess process, int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(DatabaseFixture.Patience);
        while (true)
        {
            var rows = await process.Stream.PageAsync(_task, 0, 100, patience.Token);
            if (rows.Count == count)
            {
                return rows;
            }
        }
    }
}
