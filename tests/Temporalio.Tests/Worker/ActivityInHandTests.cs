using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Activities;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Tests.Client;
using Temporalio.Tests.Worker.EndToEnd;
using Temporalio.Worker;
using Temporalio.Worker.Core;
using Temporalio.Worker.Core.Activities;
using Temporalio.Worker.Core.Polling;
using ActivityTask = Temporalio.Bridge.Api.ActivityTask.ActivityTask;
using CancelReason = Temporalio.Bridge.Api.ActivityTask.ActivityCancelReason;

namespace Temporalio.Tests.Worker;

/// <summary>Activities in hand: heartbeats on threads that a server in the same process may share, cancels, and the end of their worker.</summary>
public sealed class ActivityInHandTests
{
    [Fact]
    public async Task Heartbeat_CancelComesWithTheAnswerToOneOnItsWay_IsToldAndStops()
    {
        using var sending = new ManualResetEventSlim();
        using var beaten = new ManualResetEventSlim();
        var reason = ActivityCancelReason.None;
        var canceled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var beats = 0;
        var service = Service(OneTask());
        service.On<RecordActivityTaskHeartbeatRequest, RecordActivityTaskHeartbeatResponse>("RecordActivityTaskHeartbeat", _ =>
        {
            if (++beats != 2)
            {
                return new();
            }

            // On the thread that sends, as a server in this process answers: only once the activity has beaten again beside it.
            sending.Set();
            var inTime = beaten.Wait(TestServer.Patience);
            canceled.TrySetResult(inTime);
            return new() { CancelRequested = true };
        });
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        service.On<RespondActivityTaskCanceledRequest, RespondActivityTaskCanceledResponse>("RespondActivityTaskCanceled", _ =>
        {
            ended.SetResult();
            return new();
        });

        [Activity("beats")]
        async Task BeatsAsync()
        {
            var context = ActivityExecutionContext.Current;
            context.Heartbeat(1);

            // Goes out with the throttle's timer, or at once if that has just run out; not on this thread in either case.
            var second = Task.Run(() => context.Heartbeat(2));
            sending.Wait(TestServer.Patience);
            context.Heartbeat(3);
            beaten.Set();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            }
            finally
            {
                reason = context.CancelReason;
                await second;
            }
        }

        using var worker = await WorkerAsync(service, options =>
        {
            options.MaxHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(10);
            options.AddActivity(BeatsAsync);
        });
        await worker.ExecuteAsync(async () =>
        {
            Assert.True(await canceled.Task.WaitAsync(2 * TestServer.Patience), "The activity could not heartbeat while a heartbeat was sent");
            await ended.Task.WaitAsync(TestServer.Patience);
        }).WaitAsync(3 * TestServer.Patience);
        Assert.Equal(ActivityCancelReason.CancelRequested, reason);
    }

    [Fact]
    public async Task ExecuteAsync_StoppedWhileAnEndIsReported_WaitsForTheReport()
    {
        var reporting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = Service(OneTask()).On<RespondActivityTaskCompletedRequest, RespondActivityTaskCompletedResponse>("RespondActivityTaskCompleted", async (_, _) =>
        {
            reporting.SetResult();
            await reported.Task;
            return new();
        });

        [Activity("beats")]
        static int Beats() => 1;

        using var worker = await WorkerAsync(service, options => options.AddActivity(Beats));
        var running = worker.ExecuteAsync(() => reporting.Task);
        await reporting.Task.WaitAsync(TestServer.Patience);
        var early = await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System));
        reported.SetResult();
        Assert.NotSame(running, early);
        await running.WaitAsync(TestServer.Patience);
    }

    [Fact]
    public async Task Add_AfterTheOthersWereToldToStop_IsToldToo()
    {
        var feed = new ActivityFeed();
        var options = new CoreWorkerOptions { Namespace = "ns", TaskQueue = "tq", Identity = "tester", BuildId = "build" };
        var host = new CoreHost(new CoreClient(null!));
        var activities = new ActivityTasks(options, host, new(host), new(options, host), feed, NullLogger.Instance);
        var slot = activities.TryReserve();
        await activities.ShutDownAsync();

        activities.Add(OneTask(), slot!);

        Assert.Equal(ActivityTask.VariantOneofCase.Start, (await feed.NextAsync())!.VariantCase);
        Assert.Equal(CancelReason.WorkerShutdown, (await feed.NextAsync().WaitAsync(TestServer.Patience))!.Cancel.Reason);
    }

    [Fact]
    public async Task NextAsync_CancelBehindItsStart_DoesNotOvertakeIt()
    {
        var feed = new ActivityFeed();
        feed.Add(new() { Start = new() });
        feed.Add(new() { Cancel = new() });

        Assert.Equal(ActivityTask.VariantOneofCase.Start, (await feed.NextAsync())!.VariantCase);
        Assert.Equal(ActivityTask.VariantOneofCase.Cancel, (await feed.NextAsync())!.VariantCase);
    }

    private static PollActivityTaskQueueResponse OneTask() => new()
    {
        TaskToken = ByteString.CopyFromUtf8("token"),
        ActivityId = "1",
        ActivityType = new() { Name = "beats" },
        WorkflowExecution = new() { WorkflowId = "wf", RunId = "run" },
    };

    private static async Task<TemporalWorker> WorkerAsync(FakeService service, Action<TemporalWorkerOptions> configure)
    {
        var options = new TemporalWorkerOptions("tq");
        configure(options);
        var client = service.Client();
        await client.Connection.ConnectAsync();
        return new(client, options);
    }

    /// <summary>A server that has this one task, and then none.</summary>
    [Fact]
    public async Task ExecuteAsync_FunctionThrowsAtOnce_StopsPolling()
    {
        var polling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = new FakeService()
            .On<DescribeNamespaceRequest, DescribeNamespaceResponse>("DescribeNamespace", _ => new())
            .On<ShutdownWorkerRequest, ShutdownWorkerResponse>("ShutdownWorker", _ => new())
            .On<PollActivityTaskQueueRequest, PollActivityTaskQueueResponse>("PollActivityTaskQueue", async (_, context) =>
            {
                polling.TrySetResult();
                await using var left = context.CancellationToken.UnsafeRegister(static o => ((TaskCompletionSource)o!).TrySetResult(), ended);
                await ended.Task;
                return new();
            });
        var client = service.Client();
        await client.Connection.ConnectAsync();
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("tq").AddActivity(Nothing));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => worker.ExecuteAsync<int>(() => polling.Task.Wait(TestServer.Patience)
            ? throw new InvalidOperationException("at once")
            : Task.FromResult(1)).WaitAsync(2 * TestServer.Patience));

        Assert.Equal("at once", error.Message);
        await ended.Task.WaitAsync(TestServer.Patience);

        [Activity]
        static void Nothing()
        {
        }
    }

    private static FakeService Service(PollActivityTaskQueueResponse task)
    {
        var polls = 0;
        return new FakeService()
            .On<DescribeNamespaceRequest, DescribeNamespaceResponse>("DescribeNamespace", _ => new())
            .On<ShutdownWorkerRequest, ShutdownWorkerResponse>("ShutdownWorker", _ => new())
            .On<PollActivityTaskQueueRequest, PollActivityTaskQueueResponse>("PollActivityTaskQueue", async (_, context) =>
            {
                if (Interlocked.Increment(ref polls) == 1)
                {
                    return task;
                }

                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
                return new();
            });
    }
}
