using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public abstract class WaitingForGo
{
    protected int Go { get; private set; }

    [WorkflowSignal("go")]
    public Task GoAsync()
    {
        Go++;
        return Task.CompletedTask;
    }

    protected static Task CallAsync(string activity, string value) =>
        Workflow.ExecuteActivityAsync(activity, [value], new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });

    protected Task WaitAsync() => Workflow.WaitConditionAsync(() => Go >= 1);
}

/// <summary>The second version: patched.</summary>
public static class PatchedWorkflows
{
    [Workflow("changing")]
    public class Changing : WaitingForGo
    {
        [WorkflowRun]
        public async Task<bool> RunAsync()
        {
            await (Workflow.Patched("greets") ? CallAsync("greet", "new") : CallAsync("echo", "old"));
            await WaitAsync();
            return Workflow.Patched("greets");
        }
    }

    [Workflow("severalPatches")]
    public class SeveralPatches
    {
        [WorkflowRun]
        public async Task<bool[]> RunAsync()
        {
            bool[] seen = [Workflow.Patched("one"), Workflow.Patched("two"), Workflow.Patched("one")];
            await Workflow.DelayAsync(1);
            return [.. seen, Workflow.Patched("three")];
        }
    }
}

/// <summary>The third version: old histories are gone.</summary>
public static class DeprecatedWorkflows
{
    [Workflow("changing")]
    public class Changing : WaitingForGo
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            Workflow.DeprecatePatch("greets");
            await CallAsync("greet", "new");
            await WaitAsync();
        }
    }

    [Workflow("broken")]
    public class Broken : WaitingForGo
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            await CallAsync("echo", "a");
            await WaitAsync();
        }
    }
}

/// <summary>The last version: patched histories are gone too.</summary>
public static class UnpatchedWorkflows
{
    [Workflow("changing")]
    public class Changing : WaitingForGo
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            await CallAsync("greet", "new");
            await WaitAsync();
        }
    }
}
