namespace Temporalio.Server.Execution.Closing;

/// <summary>Callers that still wait for something of a run that ends: updates that will not be handled, queries that no task will carry.</summary>
internal static class OpenCalls
{
    public static void Close(RunStep step)
    {
    }
}
