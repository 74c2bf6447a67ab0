using System.Text;
using Temporalio.Server.Store;

namespace Temporalio.Server.Tests.Store;

/// <summary>What every store does.</summary>
public abstract class StoreConformance : IAsyncLifetime
{
    private static readonly WorkflowKey s_workflow = new("default", "order-1");
    private IExecutionStore? _store;

    protected IExecutionStore Store => _store!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task LoadRunAsync_OfAnUnknownRun_IsNull()
    {
        Assert.Null(await Store.LoadRunAsync(s_workflow, "nobody", Token));
        Assert.Null(await Store.LoadRunAsync(s_workflow, "", Token));
        Assert.Empty(await Store.ReadHistoryAsync(s_workflow, "nobody", 1, long.MaxValue, 10, Token));
    }

    [Fact]
    public async Task CommitAsync_OfANewRun_IsLoadedByIdAndAsCurrent()
    {
        await CommitAsync(Change("a", 0, "state 1") with { Current = true });
        foreach (var id in (string[])["a", ""])
        {
            var run = await Store.LoadRunAsync(s_workflow, id, Token);
            Assert.NotNull(run);
            Assert.Equal((s_workflow, "a", 1L, true, true, "state 1"), (run.Workflow, run.RunId, run.Version, run.Open, run.Current, Text(run.State)));
        }
    }

    [Fact]
    public async Task CommitAsync_OfAChange_RaisesTheVersionAndReplacesTheState()
    {
        await CommitAsync(Change("a", 0, "state 1") with { Current = true });
        await CommitAsync(Change("a", 1, "state 2"));
        var run = await Store.LoadRunAsync(s_workflow, "", Token);
        Assert.Equal((2L, "state 2", true), (run!.Version, Text(run.State), run.Current));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task CommitAsync_OnAnotherVersion_KeepsNothingOfTheGroup(long expected)
    {
        await CommitAsync(Change("a", 0, "state 1"));
        await CommitAsync(Change("a", 1, "state 2"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => CommitAsync(
            Change("b", 0, "other") with { Current = true, Batches = [Batch(1, 2)] }, Change("a", expected, "state 3") with { Batches = [Batch(1, 2)] }));
        Assert.Equal("state 2", Text((await Store.LoadRunAsync(s_workflow, "a", Token))!.State));
        Assert.Null(await Store.LoadRunAsync(s_workflow, "b", Token));
        Assert.Null(await Store.LoadRunAsync(s_workflow, "", Token));
        Assert.Empty(await Store.ReadHistoryAsync(s_workflow, "a", 1, 100, 10, Token));
        await CommitAsync(Change("a", 2, "state 3"));
    }

    [Fact]
    public async Task CommitAsync_OfAClosedRunAndItsSuccessor_MovesThePointer()
    {
        await CommitAsync(Change("a", 0, "1") with { Current = true });
        await CommitAsync(Change("a", 1, "2") with { Open = false }, Change("b", 0, "1") with { Current = true });
        var closed = await Store.LoadRunAsync(s_workflow, "a", Token);
        var current = await Store.LoadRunAsync(s_workflow, "", Token);
        Assert.Equal((false, false, 2L), (closed!.Open, closed.Current, closed.Version));
        Assert.Equal(("b", true, true), (current!.RunId, current.Open, current.Current));
        Assert.Equal(["b"], await OpenRunsAsync());
    }

    [Fact]
    public async Task CommitAsync_OfAClosedRun_ChangesItStill()
    {
        await CommitAsync(Change("a", 0, "1") with { Current = true, Open = false });
        await CommitAsync(Change("a", 1, "2") with { Open = false, Batches = [Batch(1, 2)] });
        var run = await Store.LoadRunAsync(s_workflow, "", Token);
        Assert.Equal(("2", false, 2L), (Text(run!.State), run.Open, run.Version));
        Assert.Empty(await OpenRunsAsync());
    }

    [Fact]
    public async Task CommitAsync_ThatDeletes_LeavesNothing()
    {
        await CommitAsync(Change("a", 0, "1") with { Current = true, Batches = [Batch(1, 3)] }, Change("b", 0, "1") with { Open = false, Batches = [Batch(1, 2)] });
        await CommitAsync(Change("a", 1, "2") with { Batches = [Batch(3, 4)] });
        await CommitAsync(Gone("a", 2), Gone("b", 1));
        Assert.Null(await Store.LoadRunAsync(s_workflow, "a", Token));
        Assert.Null(await Store.LoadRunAsync(s_workflow, "b", Token));
        Assert.Null(await Store.LoadRunAsync(s_workflow, "", Token));
        Assert.Empty(await Store.ReadHistoryAsync(s_workflow, "a", 1, 100, 10, Token));
        Assert.Empty(await OpenRunsAsync());
        await CommitAsync(Change("a", 0, "again") with { Batches = [Batch(1, 2)] });
        Assert.Single(await Store.ReadHistoryAsync(s_workflow, "a", 1, 100, 10, Token));
    }

    [Fact]
    public async Task CommitAsync_ThatDeletesAnotherRunThanTheCurrent_LeavesThePointer()
    {
        await CommitAsync(Change("a", 0, "1") with { Open = false }, Change("b", 0, "1") with { Current = true });
        await CommitAsync(Gone("a", 1));
        Assert.Equal("b", (await Store.LoadRunAsync(s_workflow, "", Token))!.RunId);
    }

    [Fact]
    public async Task FindClosedAsync_WithRunsOfAllKinds_FindsTheEarliestThatClosedBefore()
    {
        var closed = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await CommitAsync(
            Change("open", 0, "1") with { WakeAt = closed },
            Change("second", 0, "1") with { Open = false, WakeAt = closed.AddSeconds(2) },
            Change("first", 0, "1") with { WakeAt = closed.AddDays(9) },
            Change("late", 0, "1") with { Open = false, WakeAt = closed.AddSeconds(4) });
        await CommitAsync(Change("first", 1, "2") with { Open = false, WakeAt = closed.AddSeconds(1) });
        Assert.Equal(["first", "second"], await FindAsync("default", closed.AddSeconds(3), 10));
        Assert.Equal(["first"], await FindAsync("default", closed.AddSeconds(3), 1));
        Assert.Empty(await FindAsync("default", closed.AddSeconds(1), 10));
        Assert.Empty(await FindAsync("other", closed.AddSeconds(9), 10));
        await CommitAsync(Gone("first", 2));
        Assert.Equal(["second"], await FindAsync("default", closed.AddSeconds(3), 10));

        async Task<IEnumerable<string>> FindAsync(string ns, DateTimeOffset before, int most) =>
            (await Store.FindClosedAsync(ns, before, most, Token)).Select(r => r.RunId);
    }

    [Fact]
    public async Task CommitAsync_OfSeveralWorkflows_KeepsThemApart()
    {
        var other = new WorkflowKey("default", "order-2");
        var foreign = new WorkflowKey("other", "order-1");
        await CommitAsync(
            Change("a", 0, "mine") with { Current = true, Batches = [Batch(1, 2)] },
            Change("a", 0, "next") with { Workflow = other, Batches = [Batch(1, 2), Batch(2, 3)] },
            Change("a", 0, "foreign") with { Workflow = foreign, Current = true });
        Assert.Equal("mine", Text((await Store.LoadRunAsync(s_workflow, "", Token))!.State));
        Assert.Equal("next", Text((await Store.LoadRunAsync(other, "a", Token))!.State));
        Assert.Null(await Store.LoadRunAsync(other, "", Token));
        Assert.Equal("foreign", Text((await Store.LoadRunAsync(foreign, "", Token))!.State));
        Assert.Equal(2, (await Store.ReadHistoryAsync(other, "a", 1, 10, 10, Token)).Count);
        Assert.Empty(await Store.ReadHistoryAsync(foreign, "a", 1, 10, 10, Token));
    }

    [Fact]
    public async Task ReadHistoryAsync_Pages_ByBatches()
    {
        await CommitAsync(Change("a", 0, "1") with { Batches = [Batch(1, 3), Batch(3, 4)] });
        await CommitAsync(Change("a", 1, "2") with { Batches = [Batch(4, 5)] });
        await CommitAsync(Change("a", 2, "3"));
        await CommitAsync(Change("a", 3, "4") with { Batches = [Batch(5, 8), Batch(8, 9), Batch(9, 12)] });
        Assert.Equal("1-3 3-4 4-5 5-8 8-9 9-12", await ReadAsync(1, long.MaxValue, 100));
        Assert.Equal("1-3", await ReadAsync(1, 100, 1));
        Assert.Equal("1-3 3-4 4-5 5-8", await ReadAsync(1, 100, 4));
        Assert.Equal("1-3 3-4", await ReadAsync(2, 4, 100));
        Assert.Equal("5-8 8-9", await ReadAsync(7, 9, 100));
        Assert.Equal("8-9 9-12", await ReadAsync(8, 100, 100));
        Assert.Equal("9-12", await ReadAsync(11, 12, 100));
        Assert.Equal("", await ReadAsync(12, 100, 100));
        Assert.Equal("", await ReadAsync(3, 3, 100));
    }

    [Fact]
    public async Task ReadHistoryAsync_OfLargeAndEmptyBatches_ReturnsTheBytes()
    {
        var large = new byte[3_000_000];
        new Random(1).NextBytes(large);
        await CommitAsync(Change("a", 0, "1") with { Batches = [new HistoryBatch(1, 2, large), new HistoryBatch(2, 3, default), Batch(3, 4)] });
        var read = await Store.ReadHistoryAsync(s_workflow, "a", 1, 10, 10, Token);
        Assert.Equal([3_000_000, 0, 3], read.Select(b => b.Data.Length));
        Assert.True(read[0].Data.Span.SequenceEqual(large));
        Assert.Equal("3-4", Text(read[2].Data));
    }

    [Fact]
    public async Task ScanOpenAsync_GivesWhatRecoveryNeeds()
    {
        var wake = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
        await CommitAsync(
            Change("a", 0, "1") with { WakeAt = wake, Pending = true },
            Change("b", 0, "1"),
            Change("c", 0, "1") with { Open = false, Pending = true });
        Assert.Equal([new OpenRun(s_workflow, "a", wake, true), new OpenRun(s_workflow, "b", null, false)], await ScanAsync());
        await CommitAsync(Change("a", 1, "2"), Change("b", 1, "2") with { WakeAt = wake.AddTicks(10), Pending = true });
        Assert.Equal([new OpenRun(s_workflow, "a", null, false), new OpenRun(s_workflow, "b", wake.AddTicks(10), true)], await ScanAsync());
    }

    [Fact]
    public async Task CommitAsync_OfALargeGroup_IsOneChange()
    {
        RunChange Item(int i, long version) => Change("r" + i, version, "s" + version) with
        {
            Workflow = new WorkflowKey("default", "w" + i), Current = version == 0, Open = version == 0 || i % 2 == 0, Batches = [Batch(version + 1, version + 2)],
        };

        await CommitAsync([.. Enumerable.Range(0, 1000).Select(i => Item(i, 0))]);
        await CommitAsync([.. Enumerable.Range(0, 1000).Select(i => Item(i, 1))]);
        Assert.Equal(500, (await OpenRunsAsync()).Count);
        Assert.Equal("s1", Text((await Store.LoadRunAsync(new WorkflowKey("default", "w999"), "", Token))!.State));
    }

    [Fact]
    public async Task CommitAsync_OfNothing_IsCommitted() => Assert.Equal(CommitOutcome.Committed, await Store.CommitAsync([], Token));

    [Theory]
    [InlineData("")]
    [InlineData("a 'quoted' \\ \"name\" ; -- 世界 🚀")]
    public async Task CommitAsync_OfAnyName_FindsItAgain(string id)
    {
        var workflow = new WorkflowKey(id, id + "x");
        await CommitAsync(Change("run", 0, "1") with { Workflow = workflow, Current = true });
        Assert.Equal("run", (await Store.LoadRunAsync(workflow, "", Token))!.RunId);
        Assert.Equal(workflow, Assert.Single(await ScanAsync()).Workflow);
    }

    protected abstract Task<IExecutionStore> OpenAsync();

    protected static RunChange Change(string runId, long expected, string state) =>
        new() { Workflow = s_workflow, RunId = runId, ExpectedVersion = expected, State = Encoding.UTF8.GetBytes(state), Open = true };

    protected static RunChange Gone(string runId, long expected) =>
        new() { Workflow = s_workflow, RunId = runId, ExpectedVersion = expected, State = null, Open = false };

    protected static HistoryBatch Batch(long first, long next) => new(first, next, Encoding.UTF8.GetBytes($"{first}-{next}"));

    protected async Task CommitAsync(params RunChange[] group) => Assert.Equal(CommitOutcome.Committed, await Store.CommitAsync(group, Token));

    protected static string Text(ReadOnlyMemory<byte> data) => Encoding.UTF8.GetString(data.Span);

    private async Task<string> ReadAsync(long from, long to, int max) =>
        string.Join(' ', (await Store.ReadHistoryAsync(s_workflow, "a", from, to, max, Token)).Select(b =>
        {
            Assert.Equal($"{b.FirstEventId}-{b.NextEventId}", Text(b.Data));
            return Text(b.Data);
        }));

    private async Task<List<OpenRun>> ScanAsync()
    {
        var runs = new List<OpenRun>();
        await foreach (var run in Store.ScanOpenAsync(Token))
        {
            runs.Add(run);
        }

        return [.. runs.OrderBy(r => r.RunId, StringComparer.Ordinal)];
    }

    private async Task<List<string>> OpenRunsAsync() => [.. (await ScanAsync()).Select(r => r.RunId)];
}
