namespace Temporalio.Worker.WorkflowTasks;

/// <summary>Where workflow code runs: threads of its own, or, under simulation, the caller's.</summary>
internal interface IWorkflowThreads
{
    /// <summary>Runs the work soon. Never throws.</summary>
    void Queue(WorkflowWork work);
}
