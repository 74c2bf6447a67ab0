using Temporalio.Activities;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Tests.Client;
using Temporalio.Tests.Worker.EndToEnd;
using Temporalio.Worker;
using Temporalio.Worker.Core.Activities;
using ActivityTask = Temporalio.Bridge.Api.ActivityTask.ActivityTask;

namespace Temporalio.Tests.Worker;

/// <summary>Heartbeats, and cancels that come with their answers, on threads that a server in the same process may share.</summary>
public sealed class ActivityHeartbeatTests
{
    [Fact]
    public async Task Heartbeat_CancelComesWithTheAnswerToOneOnItsWay_IsToldAndStops()
    {
        using var sending = new ManualResetEventSlim();
        using var beaten = new ManualResetEventSlim();
        var reason = ActivityCancelReason.None;
        var canceled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var beats = 0;
        var service = Service(new()
        {
            TaskToken = Google.Protobuf.ByteString.CopyFromUtf8("token"),
            ActivityId = "1",
            ActivityType = new() { Name = "beats" },
            WorkflowExecution = new() { WorkflowId = "wf", RunId = "run" },
        });
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
            context.Heartbeat(2);
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
            }
        }

        var options = new TemporalWorkerOptions("tq") { MaxHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(10) };
        options.AddActivity(BeatsAsync);
        var client = service.Client();
        await client.Connection.ConnectAsync();
        using var worker = new TemporalWorker(client, options);
        await worker.ExecuteAsync(async () =>
        {
            Assert.True(await canceled.Task.WaitAsync(2 * TestServer.Patience), "The activity could not heartbeat while a heartbeat was sent");
            await ended.Task.WaitAsync(TestServer.Patience);
        }).WaitAsync(3 * TestServer.Patience);
        Assert.Equal(ActivityCancelReason.CancelRequested, reason);
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

    /// <summary>A server that has this one task, and then none.</summary>
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
