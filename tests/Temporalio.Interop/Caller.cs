using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Interop;

/// <summary>Calls what the other language serves: an activity that answers, one that fails, and a child workflow.</summary>
[Workflow("caller")]
internal sealed class Caller
{
    [WorkflowRun]
    public async Task<IReadOnlyList<string>> RunAsync(string otherQueue)
    {
        var options = new ActivityOptions { TaskQueue = otherQueue, StartToCloseTimeout = TimeSpan.FromSeconds(10) };
        var answer = await Workflow.ExecuteActivityAsync<string>("whisper", ["HELLO"], options);
        string refusal;
        try
        {
            refusal = await Workflow.ExecuteActivityAsync<string>("refuse", ["no"], options);
        }
        catch (ActivityFailureException e) when (e.InnerException is ApplicationFailureException cause)
        {
            refusal = $"{cause.ErrorType}: {cause.Message}, {cause.Details.ElementAt<int>(1)}";
        }

        var child = await Workflow.ExecuteChildWorkflowAsync<string>("echo", ["from C#"], new() { TaskQueue = otherQueue });
        return [answer, refusal, child];
    }
}
