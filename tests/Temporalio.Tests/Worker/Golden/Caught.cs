using Temporalio.Exceptions;

namespace Temporalio.Tests.Worker.Golden;

/// <summary>Workflow code that goes on whatever came of a call.</summary>
internal static class Caught
{
    public static async Task<string> Async(Task task)
    {
        try
        {
            await task;
            return "ok";
        }
        catch (Exception e) when (e is FailureException or OperationCanceledException or WorkflowAlreadyStartedException)
        {
            return e.GetType().Name;
        }
    }

    public static Task<string> Async(Func<Task> call) => Async(call());
}
