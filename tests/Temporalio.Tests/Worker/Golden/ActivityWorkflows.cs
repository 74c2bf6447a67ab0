using System.Text.Json;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class ActivityWorkflows
{
    private static ActivityOptions Options(JsonElement? given = null)
    {
        var json = given is { ValueKind: JsonValueKind.Object } o ? o : default;
        return new()
        {
            ActivityId = GivenOptions.Text(json, "activityId"),
            TaskQueue = GivenOptions.Text(json, "taskQueue"),
            StartToCloseTimeout = GivenOptions.Time(json, "startToCloseTimeout") ?? TimeSpan.FromSeconds(10),
            ScheduleToCloseTimeout = GivenOptions.Time(json, "scheduleToCloseTimeout"),
            ScheduleToStartTimeout = GivenOptions.Time(json, "scheduleToStartTimeout"),
            HeartbeatTimeout = GivenOptions.Time(json, "heartbeatTimeout"),
            RetryPolicy = GivenOptions.Retry(json),
        };
    }

    private static ActivityCancellationType Cancellation(string type) => type switch
    {
        "TRY_CANCEL" => ActivityCancellationType.TryCancel,
        "ABANDON" => ActivityCancellationType.Abandon,
        _ => ActivityCancellationType.WaitCancellationCompleted,
    };

    [Workflow("run")]
    public class Run
    {
        [WorkflowRun]
        public Task<object?> RunAsync(string name, object?[] args, JsonElement? options = null) =>
            Workflow.ExecuteActivityAsync<object?>(name, args, Options(options));
    }

    [Workflow("caught")]
    public class CaughtRun
    {
        [WorkflowRun]
        public Task<string> RunAsync(string name, object?[] args, JsonElement? options = null) =>
            Caught.Async(Workflow.ExecuteActivityAsync(name, args, Options(options)));
    }

    [Workflow("cancelling")]
    public class Cancelling
    {
        private bool _now;

        [WorkflowRun]
        public async Task<string> RunAsync(string type, string activity, object?[] args, JsonElement? retry = null)
        {
            using var scope = new CancellationTokenSource();
            var outcome = Caught.Async(Workflow.ExecuteActivityAsync(activity, args, new()
            {
                StartToCloseTimeout = TimeSpan.FromSeconds(20),
                HeartbeatTimeout = TimeSpan.FromSeconds(1),
                CancellationType = Cancellation(type),
                CancellationToken = scope.Token,
            }));
            await Workflow.WaitConditionAsync(() => _now);
            CancelNow(scope);
            var seen = await outcome;
            await Workflow.DelayAsync(700);
            return seen;
        }

        [WorkflowSignal("cancelIt")]
        public Task CancelItAsync()
        {
            _now = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("cancelledAtOnce")]
    public class CancelledAtOnce
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            using var scope = new CancellationTokenSource();
            var outcome = Caught.Async(Workflow.ExecuteActivityAsync(
                "echo", [1], new() { StartToCloseTimeout = TimeSpan.FromSeconds(10), CancellationToken = scope.Token }));
            CancelNow(scope);
            return await outcome;
        }
    }

    [Workflow("cancelledUnstarted")]
    public class CancelledUnstarted
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string type)
        {
            using var scope = new CancellationTokenSource();
            var outcome = Caught.Async(Workflow.ExecuteActivityAsync("echo", [1], new()
            {
                StartToCloseTimeout = TimeSpan.FromSeconds(10),
                TaskQueue = "nobody-listens-here",
                CancellationType = Cancellation(type),
                CancellationToken = scope.Token,
            }));
            await Workflow.DelayAsync(100);
            CancelNow(scope);
            return await outcome;
        }
    }

    [Workflow("secondActivityAfterFailure")]
    public class SecondActivityAfterFailure
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            try
            {
                await Workflow.ExecuteActivityAsync("fail", ["first"], Options());
                return "";
            }
            catch (ActivityFailureException e) when (e.InnerException is ApplicationFailureException failure)
            {
                return await Workflow.ExecuteActivityAsync<string>("echo", [$"compensated {failure.ErrorType}"], Options());
            }
        }
    }

    [Workflow("withToken")]
    public class WithToken
    {
        [WorkflowRun]
        public Task<string> RunAsync(string activity) => Caught.Async(Workflow.ExecuteActivityAsync(
            activity, [], new() { StartToCloseTimeout = TimeSpan.FromSeconds(20), ActivityId = "async-1" }));
    }

    // CancelAsync would leave the workflow's scheduler.
    private static void CancelNow(CancellationTokenSource scope) => scope.Cancel();
}
