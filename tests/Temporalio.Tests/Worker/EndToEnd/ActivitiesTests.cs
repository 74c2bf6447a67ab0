using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

public class ActivitiesTests(TestServer server)
{
    [Fact]
    public Task ExecuteActivityAsync_FailureWithDetails_ReachesWorkflowAndClient() => server.WithWorkerAsync<CallWorkflow>(
        async run =>
        {
            var error = await Assert.ThrowsAsync<WorkflowFailedException>(
                () => run.Client.ExecuteWorkflowAsync((CallWorkflow wf) => wf.RunAsync("Fail", 1), run.Options()));
            var activity = Assert.IsType<ActivityFailureException>(error.InnerException);
            Assert.Equal("Fail", activity.ActivityType);
            var failure = Assert.IsType<ApplicationFailureException>(activity.InnerException);
            Assert.Equal(("broken", "MyType", true), (failure.Message, failure.ErrorType, failure.NonRetryable));
            Assert.Equal("detail", failure.Details.ElementAt<string>(0));
            Assert.Equal("the cause", Assert.IsType<ApplicationFailureException>(failure.InnerException).Message);
        },
        Acts.Fail);

    [Fact]
    public Task ExecuteActivityAsync_FailsTwice_LaterAttemptReadsHeartbeatDetails() => server.WithWorkerAsync<CallWorkflow>(
        async run => Assert.Equal(
            "attempt 3 after 2", await run.Client.ExecuteWorkflowAsync((CallWorkflow wf) => wf.RunAsync("Retry", 5), run.Options())),
        Acts.RetryAsync);

    [Fact]
    public Task ExecuteActivityAsync_NotRegistered_FailsWithTheNames() => server.WithWorkerAsync<CallWorkflow>(
        async run =>
        {
            var error = await Assert.ThrowsAsync<WorkflowFailedException>(
                () => run.Client.ExecuteWorkflowAsync((CallWorkflow wf) => wf.RunAsync("Unknown", 1), run.Options()));
            var failure = Assert.IsType<ApplicationFailureException>(error.InnerException!.InnerException);
            Assert.Equal("NotFoundError", failure.ErrorType);
            Assert.Contains("available activities: Fail", failure.Message, StringComparison.Ordinal);
        },
        Acts.Fail);

    [Fact]
    public Task ExecuteActivityAsync_Dynamic_GetsRawArguments() => server.WithWorkerAsync<CallWorkflow>(
        async run => Assert.Equal(
            "Whatever called with arg", await run.Client.ExecuteWorkflowAsync((CallWorkflow wf) => wf.RunAsync("Whatever", 1), run.Options())),
        Acts.Dynamic);

    [Fact]
    public Task CancelAsync_ActivityThatHeartbeats_IsCancelledAndWaitedFor() => server.WithWorkerAsync(
        options =>
        {
            options.MaxHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(200);
            options.AddWorkflow<CancelActivityWorkflow>().AddActivity(Acts.UntilCancelledAsync);
        },
        async run =>
        {
            var id = $"cancel-{Guid.NewGuid()}";
            var handle = await run.Client.StartWorkflowAsync((CancelActivityWorkflow wf) => wf.RunAsync(), run.Options(id));
            await Acts.Started(id);
            await handle.CancelAsync();
            var error = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            Assert.IsType<CanceledFailureException>(error.InnerException);
            Assert.Equal(ActivityCancelReason.CancelRequested, Acts.Reasons[id]);
            Assert.Contains((await handle.FetchHistoryAsync()).Events, e => e.ActivityTaskCanceledEventAttributes is not null);
        });

    [Fact]
    public Task CompleteAsync_ActivityCompletedFromOutside_ReturnsItsResult() => server.WithWorkerAsync<CallWorkflow>(
        async run =>
        {
            var id = $"async-{Guid.NewGuid()}";
            var handle = await run.Client.StartWorkflowAsync((CallWorkflow wf) => wf.RunAsync("Later", 1), run.Options(id));
            await Acts.Started(id);
            var activity = run.Client.GetAsyncActivityHandle(id, null, "1");
            await activity.HeartbeatAsync(new() { Details = ["half"] });
            await activity.CompleteAsync("from outside");
            Assert.Equal("from outside", await handle.GetResultAsync());
        },
        Acts.Later);

    public static class Acts
    {
        private static readonly ConcurrentDictionary<string, TaskCompletionSource> s_started = new();

        public static ConcurrentDictionary<string, ActivityCancelReason> Reasons { get; } = new();

        public static Task Started(string workflowId) => Source(workflowId).Task;

        [Activity]
        public static string Fail(string text) => throw new ApplicationFailureException(
            "broken", new ApplicationFailureException("the cause"), "MyType", nonRetryable: true, details: ["detail"]);

        [Activity]
        public static async Task<string> RetryAsync(string text)
        {
            var context = ActivityExecutionContext.Current;
            var before = context.Info.HeartbeatDetails.Count == 0 ? 0 : await context.Info.HeartbeatDetailAtAsync<int>(0);
            context.Heartbeat(context.Info.Attempt);
            return context.Info.Attempt < 3 ? throw new InvalidOperationException("again") : $"attempt {context.Info.Attempt} after {before}";
        }

        [Activity(Dynamic = true)]
        public static string Dynamic(IRawValue[] args)
        {
            var context = ActivityExecutionContext.Current;
            return $"{context.Info.ActivityType} called with {context.PayloadConverter.ToValue<string>(args[0])}";
        }

        [Activity]
        public static async Task UntilCancelledAsync()
        {
            var context = ActivityExecutionContext.Current;
            Source(context.Info.WorkflowId!).TrySetResult();
            try
            {
                while (true)
                {
                    context.Heartbeat();
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, context.CancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
                Reasons[context.Info.WorkflowId!] = context.CancelReason;
                throw;
            }
        }

        [Activity]
        public static string Later(string text)
        {
            Source(ActivityExecutionContext.Current.Info.WorkflowId!).TrySetResult();
            throw new CompleteAsyncException();
        }

        private static TaskCompletionSource Source(string workflowId) =>
            s_started.GetOrAdd(workflowId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    [Workflow]
    public class CallWorkflow
    {
        [WorkflowRun]
        public Task<string> RunAsync(string activity, int attempts) => Workflow.ExecuteActivityAsync<string>(
            activity,
            ["arg"],
            new()
            {
                StartToCloseTimeout = TimeSpan.FromSeconds(30),
                HeartbeatTimeout = TimeSpan.FromSeconds(10),
                RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(1), MaximumAttempts = attempts },
            });
    }

    [Workflow]
    public class CancelActivityWorkflow
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteActivityAsync(
            () => Acts.UntilCancelledAsync(),
            new()
            {
                StartToCloseTimeout = TimeSpan.FromSeconds(30),
                HeartbeatTimeout = TimeSpan.FromSeconds(20),
                CancellationType = ActivityCancellationType.WaitCancellationCompleted,
            });
    }
}
