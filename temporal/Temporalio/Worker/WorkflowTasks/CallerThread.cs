namespace Temporalio.Worker.WorkflowTasks;

/// <summary>Runs workflow code at once on the caller's thread, without a watch over its time: for simulation, where order is everything.</summary>
internal sealed class CallerThread : IWorkflowThreads
{
    public static CallerThread Instance { get; } = new();

    public void Queue(WorkflowWork work)
    {
        work.Run();
        work.Finish();
    }
}
