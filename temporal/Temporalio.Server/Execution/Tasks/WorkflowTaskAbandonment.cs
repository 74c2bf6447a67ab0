namespace Temporalio.Server.Execution.Tasks;

/// <summary>Takes back a start that reached nobody: the task waits for another worker, as if the first had never come.</summary>
internal static class WorkflowTaskAbandonment
{
    public static void Abandon(RunStep step)
    {
        var run = step.Run;
        var task = run.Task;
        task.Fire(WorkflowTaskTrigger.Reschedule);
        task.Stamp++;
        task.VolatileStart = false;
        run.Log.DropVolatile();
        task.StartedEventId = 0;
        run.Updates.Resend();
        run.Queries.Resend();
        step.Touch();
        if (run.Buffer.Count > 0)
        {
            // What was buffered for the worker's sake becomes history; the task, scheduled before, covers it.
            WorkflowTasks.Write(step);
            BufferFlush.Flush(step);
        }

        WorkflowTasks.Dispatch(step);
    }
}
