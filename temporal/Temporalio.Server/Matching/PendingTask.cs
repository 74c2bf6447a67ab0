using Temporalio.Server.Execution;
using Temporalio.Server.Store;

namespace Temporalio.Server.Matching;

/// <summary>
/// A reference to work that waits for a worker. The work itself is in the run's state, which decides when a worker comes whether the
/// reference still means anything; so references need no store, and a superseded one does no harm.
/// </summary>
internal abstract class PendingTask(WorkflowKey workflow, string runId, TaskQueueKey queue) : Effect
{
    public WorkflowKey Workflow { get; } = workflow;

    public string RunId { get; } = runId;

    public TaskQueueKey Queue { get; } = queue;

    /// <summary>1 (first) to 5; 3 by default.</summary>
    public int Priority { get; init; } = 3;

    /// <summary>The queue of all workers, for a task on a sticky one.</summary>
    public TaskQueueKey? NormalQueue { get; init; }

    /// <summary>
    /// Starts the work for a worker; <see langword="null"/> if the reference is stale. Runs inside a step.
    /// </summary>
    public abstract TaskStart? TryStart(ActorStep step, Poller poller);

    public override void Release(Engine engine) => engine.Matching.Offer(this);

    /// <summary>Called by matching when a worker has come.</summary>
    public void StartFor(Engine engine, Poller poller) => engine.Actors.Post(Workflow, poller.Start(this));
}

/// <summary>What a worker gets. The handler of its poll makes the answer of it, outside the actor.</summary>
internal abstract record TaskStart
{
    public required WorkflowKey Workflow { get; init; }

    public required string RunId { get; init; }

    /// <summary>
    /// Undoes the start if its answer reached nobody, as far as that is possible; else a time-out repairs it. Runs inside a step.
    /// </summary>
    public abstract void Abandon(ActorStep step);
}
