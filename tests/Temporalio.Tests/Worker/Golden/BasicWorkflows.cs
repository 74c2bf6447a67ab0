using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class BasicWorkflows
{
    private static readonly ActivityOptions s_options = new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) };

    private static Task<object?> EchoAsync(object? value) => Workflow.ExecuteActivityAsync<object?>("echo", [value], s_options);

    [Workflow("noop")]
    public class Noop
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;
    }

    [Workflow("giveBack")]
    public class GiveBack
    {
        [WorkflowRun]
        public Task<object?> RunAsync(object? value = null) => Task.FromResult(value);
    }

    [Workflow("greeting")]
    public class Greeting
    {
        [WorkflowRun]
        public Task<string> RunAsync(string name) => Workflow.ExecuteActivityAsync<string>("greet", [name], s_options);
    }

    [Workflow("severalInTurn")]
    public class SeveralInTurn
    {
        [WorkflowRun]
        public async Task<List<object?>> RunAsync() => [await EchoAsync(1), await EchoAsync("two"), await EchoAsync(null), await EchoAsync("four")];
    }

    [Workflow("severalAtOnce")]
    public class SeveralAtOnce
    {
        [WorkflowRun]
        public async Task<object?[]> RunAsync() => await Workflow.WhenAllAsync(EchoAsync("a"), EchoAsync("b"), EchoAsync("c"));
    }

    [Workflow("sleeps")]
    public class Sleeps
    {
        [WorkflowRun]
        public async Task<bool> RunAsync(int milliseconds)
        {
            var from = Workflow.UtcNow;
            await Workflow.DelayAsync(milliseconds);
            return Workflow.UtcNow - from >= TimeSpan.FromMilliseconds(milliseconds);
        }
    }

    [Workflow("tellInfo")]
    public class TellInfo
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Task.FromResult(Workflow.Info.WorkflowType);
    }

    [Workflow("deterministic")]
    public class Deterministic
    {
        [WorkflowRun]
        public async Task<bool> RunAsync()
        {
            var before = Workflow.NewGuid();
            await Workflow.DelayAsync(1);
            return before != Workflow.NewGuid();
        }
    }
}
