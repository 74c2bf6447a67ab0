using Temporalio.Workflows;

namespace Temporalio.Interop;

/// <summary>A child workflow for callers of the other language.</summary>
[Workflow("echo")]
internal sealed class Echo
{
    [WorkflowRun]
    public Task<string> RunAsync(string text) => Task.FromResult($"echo {text}");
}
