using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Closing;

namespace Temporalio.Server.Execution.Tasks;

/// <summary>A workflow task that came to nothing: what the history tells of it, and the next attempt.</summary>
internal static class WorkflowTaskFailure
{
    /// <summary>Fails the started task and schedules the next one.</summary>
    public static void Fail(RunStep step, WorkflowTaskFailedCause cause, Failure? failure, string identity, string binaryChecksum = "")
    {
        Record(step, cause, failure, identity, binaryChecksum);
        Again(step);
    }

    /// <summary>Fails the started task and ends the workflow.</summary>
    public static void FailForGood(RunStep step, WorkflowTaskFailedCause cause, Failure failure, string identity)
    {
        Record(step, cause, failure, identity, "");
        step.Run.Task.VolatileStart = false;
        step.Run.Task.Fire(WorkflowTaskTrigger.Drop);
        RunClose.Terminate(step, failure.Message, null, "history-service");
    }

    /// <summary>Takes the task from its worker because more has happened meanwhile than can be kept back.</summary>
    public static void GiveUp(RunStep step)
    {
        var task = step.Run.Task;
        Record(step, WorkflowTaskFailedCause.ForceCloseCommand, null, "history-service", "");
        task.VolatileStart = false;
        task.Fire(WorkflowTaskTrigger.Finish);
        task.Attempt++;
        WorkflowTasks.ClearSticky(step);
        step.Run.Updates.Resend();
        step.Run.Queries.Resend();
        WorkflowTasks.EnsureScheduled(step);
        BufferFlush.Flush(step);
    }

    /// <summary>The worker did not answer in time.</summary>
    public static void TimeOut(RunStep step)
    {
        var task = step.Run.Task;
        Prepare(step);
        if (task.Kind == WorkflowTaskKind.Normal)
        {
            step.Append(new HistoryEvent
            {
                EventType = EventType.WorkflowTaskTimedOut,
                WorkflowTaskTimedOutEventAttributes = new()
                {
                    ScheduledEventId = task.ScheduledEventId,
                    StartedEventId = task.StartedEventId,
                    TimeoutType = TimeoutType.StartToClose,
                },
            });
        }

        Again(step);
    }

    /// <summary>Fails the started task because the workflow is about to be closed from outside: no further task.</summary>
    public static void ForceClose(RunStep step)
    {
        var task = step.Run.Task;
        if (task.IsStarted && task.Kind == WorkflowTaskKind.Normal)
        {
            Record(step, WorkflowTaskFailedCause.ForceCloseCommand, null, "history-service", "");
            task.Fire(WorkflowTaskTrigger.Drop);
        }
        else if (task.IsStarted)
        {
            task.Fire(WorkflowTaskTrigger.Drop);
        }

        BufferFlush.Flush(step);
    }

    private static void Record(RunStep step, WorkflowTaskFailedCause cause, Failure? failure, string identity, string binaryChecksum)
    {
        var task = step.Run.Task;
        Prepare(step);
        if (task.Kind == WorkflowTaskKind.Normal)
        {
            step.Append(new HistoryEvent
            {
                EventType = EventType.WorkflowTaskFailed,
                WorkflowTaskFailedEventAttributes = new()
                {
                    ScheduledEventId = task.ScheduledEventId,
                    StartedEventId = task.StartedEventId,
                    Cause = cause,
                    Failure = failure,
                    Identity = identity,
                    BinaryChecksum = binaryChecksum,
                },
            });
        }
    }

    // A repeated attempt stays silent; a speculative one fails as the ordinary task that it might have been.
    private static void Prepare(RunStep step)
    {
        if (step.Run.Task.Kind == WorkflowTaskKind.Speculative)
        {
            WorkflowTasks.Write(step);
        }

        step.Touch();
    }

    private static void Again(RunStep step)
    {
        var run = step.Run;
        var task = run.Task;
        task.VolatileStart = false;
        task.Fire(WorkflowTaskTrigger.Finish);
        // A worker that lost the workflow from memory is no fault of the workflow: the next worker gets a first attempt.
        if (task.Sticky is null)
        {
            task.Attempt++;
        }

        WorkflowTasks.ClearSticky(step);
        run.Updates.Resend();
        run.Queries.Resend();
        if (BufferFlush.Flush(step))
        {
            task.Attempt = 1;
        }

        WorkflowTasks.EnsureScheduled(step);
    }
}
