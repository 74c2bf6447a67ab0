using System.Text.Json;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class LocalWorkflows
{
    private static LocalActivityOptions Options(JsonElement? given = null)
    {
        var options = new LocalActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(10) };
        if (given is { ValueKind: JsonValueKind.Object } json)
        {
            options.LocalRetryThreshold = json.TryGetProperty("localRetryThreshold", out _) ? TimeSpan.FromMilliseconds(100) : null;
            if (json.TryGetProperty("retry", out var retry))
            {
                options.RetryPolicy = new()
                {
                    InitialInterval = TimeSpan.FromMilliseconds(retry.TryGetProperty("initialInterval", out var i) && i.GetString() == "600ms" ? 600 : 20),
                    MaximumAttempts = retry.TryGetProperty("maximumAttempts", out var attempts) ? attempts.GetInt32() : 0,
                };
            }
        }

        return options;
    }

    private static Task<object?> EchoAsync(object? value) => Workflow.ExecuteLocalActivityAsync<object?>("echo", [value], Options());

    [Workflow("run")]
    public class Run
    {
        [WorkflowRun]
        public Task<string> RunAsync(string name, object?[] args, JsonElement? options = null) =>
            Caught.Async(Workflow.ExecuteLocalActivityAsync(name, args, Options(options)));
    }

    [Workflow("failing")]
    public class Failing
    {
        [WorkflowRun]
        public Task RunAsync(string name, object?[] args, JsonElement? options = null) =>
            Workflow.ExecuteLocalActivityAsync(name, args, Options(options));
    }

    [Workflow("severalInTurn")]
    public class SeveralInTurn
    {
        [WorkflowRun]
        public async Task<List<object?>> RunAsync() => [await EchoAsync(1), await EchoAsync("two"), await EchoAsync(3)];
    }

    [Workflow("severalAtOnce")]
    public class SeveralAtOnce
    {
        [WorkflowRun]
        public async Task<object?[]> RunAsync() => await Workflow.WhenAllAsync(EchoAsync("a"), EchoAsync("b"), EchoAsync("c"));
    }

    [Workflow("mixed")]
    public class Mixed
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            await EchoAsync("local");
            await Workflow.DelayAsync(50);
            await Workflow.ExecuteActivityAsync("echo", ["normal"], new() { StartToCloseTimeout = TimeSpan.FromSeconds(5) });
            await EchoAsync("local again");
        }
    }

    [Workflow("cancelledLocal")]
    public class CancelledLocal
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string type)
        {
            using var scope = new CancellationTokenSource();
            var options = Options();
            options.CancellationToken = scope.Token;
            options.CancellationType = type == "TRY_CANCEL" ? ActivityCancellationType.TryCancel : ActivityCancellationType.WaitCancellationCompleted;
            var outcome = Caught.Async(Workflow.ExecuteLocalActivityAsync("slow", [5000], options));
            await Workflow.DelayAsync(100);
            CancelNow(scope);
            return await outcome;
        }

        // CancelAsync would leave the workflow's scheduler.
        private static void CancelNow(CancellationTokenSource scope) => scope.Cancel();
    }

    [Workflow("signalledMeanwhile")]
    public class SignalledMeanwhile
    {
        private readonly List<object?> _got = [];

        [WorkflowQuery("got")]
        public List<object?> Got => _got;

        [WorkflowRun]
        public async Task RunAsync()
        {
            await Workflow.ExecuteLocalActivityAsync("slow", [1800], Options());
            await Workflow.WaitConditionAsync(() => _got.Count > 0);
        }

        [WorkflowSignal("note")]
        public Task NoteAsync(object? value)
        {
            _got.Add(value);
            return Task.CompletedTask;
        }
    }

    [Workflow("timePasses")]
    public class TimePasses
    {
        [WorkflowRun]
        public async Task<bool> RunAsync()
        {
            var from = Workflow.UtcNow;
            await Workflow.ExecuteLocalActivityAsync("slow", [300], Options());
            return Workflow.UtcNow - from >= TimeSpan.FromMilliseconds(250);
        }
    }
}
