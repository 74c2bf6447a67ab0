using System.Text;
using Agents.Durable.Data.Stream;
using Npgsql;

namespace Agents.Durable.Data.Tests.Stream;

public sealed class TaskStreamTests(DatabaseFixture database)
{
    private readonly string _task = Guid.NewGuid().ToString();

    [Fact]
    public async Task AppendAsync_ConcurrentCallers_NumbersHaveNoGapAndNoDuplicate()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource);
        var seqs = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => process.AppendAsync(_task, $"i{i}")));
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), seqs.Order());
    }

    [Fact]
    public async Task AppendAsync_SeveralItems_StayTogetherInOrder()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource);
        await process.AppendAsync(_task, "a");
        var last = await process.Stream.AppendAsync(_task, [StreamProcess.Item("b"), StreamProcess.Item("c")], TestContext.Current.CancellationToken);
        Assert.Equal(3, last);
        Assert.Equal(["\"a\"", "\"b\"", "\"c\""], Texts(await process.ReadAsync(_task, 0, 3)));
    }

    [Fact]
    public async Task ReadAsync_NullCursor_ShowsOnlyWhatComes()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource);
        await process.AppendAsync(_task, "before");
        await using var view = process.Stream.ReadAsync(_task, null, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        var next = view.MoveNextAsync().AsTask();
        while (!next.IsCompleted)
        {
            await process.AppendAsync(_task, "after");
        }

        Assert.True(await next);
        Assert.DoesNotContain("\"before\"", Texts(view.Current));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAsync_WhileWritersOfTwoProcessesAppend_EveryViewerGetsEveryNumberOnceInOrder(bool smallRing)
    {
        // A ring smaller than the stream sends viewers that join in between through the rows; it is larger than any viewer may lag.
        await using var one = await StreamProcess.StartAsync(database.DataSource, o => o.RingFrames = smallRing ? 400 : 2048);
        await using var two = await StreamProcess.StartAsync(database.DataSource, o => o.PageRows = 7);
        var writers = Enumerable.Range(0, 4).Select(async w =>
        {
            for (var i = 0; i < 100; i++)
            {
                await (w % 2 == 0 ? one : two).AppendAsync(_task, $"{w}.{i}");
            }
        }).ToArray();
        var early = Enumerable.Range(0, 4).Select(v => (v % 2 == 0 ? one : two).ReadAsync(_task, 0)).ToArray();
        await Task.WhenAll(writers[..2]);
        var late = Enumerable.Range(0, 4).Select(v => (v % 2 == 0 ? one : two).ReadAsync(_task, v * 40)).ToArray();
        await Task.WhenAll(writers);
        var end = await one.AppendAsync(_task, "end", StreamFlags.Ends);

        Assert.Equal(401, end);
        for (var v = 0; v < 4; v++)
        {
            Assert.Equal(Enumerable.Range(1, 401).Select(i => (long)i), (await early[v]).Select(f => f.Seq));
            Assert.Equal(Enumerable.Range((v * 40) + 1, 401 - (v * 40)).Select(i => (long)i), (await late[v]).Select(f => f.Seq));
        }
    }

    [Fact]
    public async Task ReadAsync_OtherProcessAppends_ViewerIsWokenBeforeTheRecheck()
    {
        await using var one = await StreamProcess.StartAsync(database.DataSource, o => o.Recheck = TimeSpan.FromHours(1));
        await using var two = await StreamProcess.StartAsync(database.DataSource);
        await using var view = two.Stream.ReadAsync(_task, 0, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        for (var i = 0; i < 3; i++)
        {
            var next = view.MoveNextAsync().AsTask().WaitAsync(DatabaseFixture.Patience);
            await one.AppendAsync(_task, $"{i}");
            Assert.True(await next);
            Assert.Equal($"\"{i}\"", Texts(view.Current).Single());
        }
    }

    // As a process leaves it that dies between its commit and the notification.
    [Fact]
    public async Task ReadAsync_OtherProcessWroteAndToldNobody_ViewerIsWokenByTheRecheck()
    {
        // Below what the driver can wait for, so that each wait is what is otherwise the rest of one.
        await using var process = await StreamProcess.StartAsync(database.DataSource, o => o.Recheck = TimeSpan.FromMilliseconds(0.5));
        await process.AppendAsync(_task, "told");
        await using var view = process.Stream.ReadAsync(_task, 0, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await view.MoveNextAsync());
        var next = view.MoveNextAsync().AsTask().WaitAsync(DatabaseFixture.Patience);
        await using var command = database.DataSource.CreateCommand($"""
            WITH head AS (UPDATE task_stream_heads SET seq = 2 WHERE task_id = '{_task}')
            INSERT INTO task_stream (task_id, seq, from_seq, at, flags, update) VALUES ('{_task}', 2, 2, now(), 0, '"untold"')
            """);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        Assert.True(await next);
        Assert.Equal("\"untold\"", Texts(view.Current).Single());
    }

    [Fact]
    public async Task Listen_ConnectionGoesQuietWithoutAnEnd_IsMadeAnew()
    {
        await using var proxy = new HoldingProxy(database.DataSource.ConnectionString);
        await using var quiet = NpgsqlDataSource.Create(proxy.ConnectionString);
        var first = proxy.Hold("LISTEN");
        await using var process = await StreamProcess.StartAsync(quiet, o => o.Recheck = TimeSpan.FromSeconds(0.5));
        await first.Answered.WaitAsync(DatabaseFixture.Patience);
        var second = proxy.Hold("LISTEN");
        first.ThenSilence();
        first.Release();

        await second.Answered.WaitAsync(DatabaseFixture.Patience);
        second.Release();
    }

    [Fact]
    public async Task ReadAsync_WrittenWhileTheFirstViewerLearnsTheHead_IsShown()
    {
        await using var proxy = new HoldingProxy(database.DataSource.ConnectionString);
        await using var held = NpgsqlDataSource.Create(proxy.ConnectionString);
        await using var process = await StreamProcess.StartAsync(held, o => o.Recheck = TimeSpan.FromHours(1));
        await process.AppendAsync(Guid.NewGuid().ToString(), "connected");
        var hold = proxy.Hold(_task);
        await using var view = process.Stream.ReadAsync(_task, 0, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        var next = view.MoveNextAsync().AsTask().WaitAsync(DatabaseFixture.Patience);
        await hold.Answered.WaitAsync(DatabaseFixture.Patience);

        await process.AppendAsync(_task, "meanwhile");
        hold.Release();

        Assert.True(await next);
        Assert.Equal("\"meanwhile\"", Texts(view.Current).Single());
    }

    [Fact]
    public async Task ReadAsync_TaskEnded_CompletesWithTheEndingFrame()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource);
        await process.AppendAsync(_task, "a");
        await process.AppendAsync(_task, "end", StreamFlags.Ends);
        await process.AppendAsync(_task, "too late");
        Assert.Equal([1, 2], (await process.ReadAsync(_task, 0)).Select(f => f.Seq));
        Assert.Empty(await process.ReadAsync(_task, 2));
        Assert.Empty(await process.ReadAsync(_task, null));
    }

    [Fact]
    public async Task ReadAsync_TaskReopened_GoesOnAfterTheOldEnd()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource);
        await process.AppendAsync(_task, "end", StreamFlags.Ends);
        await process.AppendAsync(_task, "again", StreamFlags.Reopens);
        await process.AppendAsync(_task, "end", StreamFlags.Ends);
        Assert.Equal([1, 2, 3], (await process.ReadAsync(_task, 0)).Select(f => f.Seq));
        Assert.Equal(new StreamHead(3, 3), await process.Stream.HeadAsync(_task, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadAsync_CursorFromTheFuture_IsTreatedAsTheHead()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource);
        await process.AppendAsync(_task, "a");
        await using var view = process.Stream.ReadAsync(_task, 99, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        var next = view.MoveNextAsync().AsTask().WaitAsync(DatabaseFixture.Patience);
        while (!next.IsCompleted)
        {
            await process.AppendAsync(_task, "b");
        }

        Assert.True(await next);
    }

    [Fact]
    public async Task ReadAsync_ViewerTooSlow_IsToldWhereToResume()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource, o => o.RingFrames = 4);
        await process.AppendAsync(_task, "1");
        await using var view = process.Stream.ReadAsync(_task, 0, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await view.MoveNextAsync());
        var next = view.MoveNextAsync().AsTask().WaitAsync(DatabaseFixture.Patience);
        await process.AppendAsync(_task, "2");
        Assert.True(await next);
        var seen = view.Current[^1].Seq;
        for (var i = 0; i < 6; i++)
        {
            await process.AppendAsync(_task, "more");
        }

        var lagged = await Assert.ThrowsAsync<StreamLaggedException>(async () => await view.MoveNextAsync());
        Assert.Equal(seen, lagged.Seq);
        Assert.Equal(8 - seen, (await process.ReadAsync(_task, seen, (int)(8 - seen))).Count);
    }

    [Fact]
    public async Task Json_Frame_LeavesOutWhatIsAbsent()
    {
        await using var process = await StreamProcess.StartAsync(database.DataSource);
        await process.AppendAsync(_task, "ä");
        await process.Stream.AppendAsync(_task, StreamProcess.Item("b") with { CallId = "c-1", Attempt = 2 }, TestContext.Current.CancellationToken);
        var frames = await process.ReadAsync(_task, 0, 2);
        Assert.Matches("""^\{"seq":1,"at":"[^"]+Z","update":"ä"\}$""", Encoding.UTF8.GetString(frames[0].Json.Span));
        Assert.Matches("""^\{"seq":2,"at":"[^"]+Z","call_id":"c-1","attempt":2,"update":"b"\}$""", Encoding.UTF8.GetString(frames[1].Json.Span));
        Assert.Equal("id: 1\ndata: \"ä\"\n\n", Encoding.UTF8.GetString(frames[0].ServerSentEvent.Span));
    }

    private static IEnumerable<string> Texts(IEnumerable<StreamFrame> frames) => frames.Select(f => Encoding.UTF8.GetString(f.Update.Span));
}
