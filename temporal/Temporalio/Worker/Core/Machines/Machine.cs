using Temporalio.Api.History.V1;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

/// <summary>
/// One thing a workflow waits for or has asked for. Machines are fed the events that concern them in history order and answer
/// with jobs for the workflow and commands for the server, both left in the run.
/// </summary>
internal abstract class Machine(RunMachines run)
{
    /// <summary>As it appears in messages about nondeterminism.</summary>
    public abstract string Name { get; }

    /// <summary>Nothing is left to send for it.</summary>
    public abstract bool IsFinal { get; }

    /// <summary>No later event of a legal history concerns it, so the run may forget it.</summary>
    public virtual bool IsSettled => IsFinal;

    /// <summary>Its command was withdrawn before the server heard of it.</summary>
    public virtual bool CancelledBeforeSent => false;

    /// <summary>Made by the core itself: the workflow never asked and must not be told.</summary>
    public bool IsInternal { get; init; }

    /// <summary>How the workflow names it; none for what only the core knows.</summary>
    public (MachineKind Kind, uint Seq)? Key { get; set; }

    protected RunMachines Run { get; } = run;

    /// <exception cref="NondeterminismException">The event is of a type that this kind of machine never gets.</exception>
    /// <exception cref="InvalidTransitionException">The event is of a fitting type at an impossible moment.</exception>
    public abstract void Apply(HistoryEvent historyEvent);

    /// <summary>One of its commands is about to go to the server.</summary>
    public virtual void CommandPrepared()
    {
    }

    protected NondeterminismException DoesNotHandle(HistoryEvent historyEvent) =>
        new($"{Name} does not handle this event: {EventText.Of(historyEvent)}");
}
