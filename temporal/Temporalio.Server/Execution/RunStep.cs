using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Server.Execution;

/// <summary>A step's part in one run.</summary>
internal sealed class RunStep(ActorStep actor, Run run)
{
    // The limit is said to be 100, and counted before the event that exceeds it.
    private const int MaxBuffered = 101;

    public ActorStep Actor { get; } = actor;

    public Run Run { get; } = run;

    public Engine Engine => Actor.Engine;

    public DateTimeOffset Now => Actor.Now;

    /// <summary>
    /// Writes an event: those of the workflow task, of its commands, and of the close. It is of now unless it happened earlier.
    /// </summary>
    public HistoryEvent Append(HistoryEvent e, DateTimeOffset? at = null)
    {
        Touch();
        return Run.Log.Append(e, at ?? Now);
    }

    /// <summary>
    /// Writes an event that happened to the workflow, or buffers it while a worker holds the workflow task. The caller schedules a task
    /// if the event needs one.
    /// </summary>
    public HistoryEvent Record(HistoryEvent e)
    {
        if (Run.Task.Kind == WorkflowTaskKind.Speculative)
        {
            // What is not written cannot have something come after it. (Its Started event lacks the worker's name, as recorded.)
            WorkflowTasks.Write(this, withIdentity: false);
        }

        if (!Run.Task.IsStarted)
        {
            return Append(e);
        }

        Touch();
        e.EventTime = State.ProtoTime.ToProto(Now);
        Run.Buffer.Add(e);
        if (Run.Buffer.Count > MaxBuffered)
        {
            WorkflowTaskFailure.GiveUp(this);
        }

        return e;
    }

    /// <summary>The run's state changed and has to be written.</summary>
    public void Touch() => Run.Dirty = true;

    /// <summary>Makes sure that the run is looked at by then.</summary>
    public void WakeAt(DateTimeOffset due)
    {
        if (Run.NextWake is not { } next || due < next)
        {
            Run.NextWake = due;
        }
    }
}
