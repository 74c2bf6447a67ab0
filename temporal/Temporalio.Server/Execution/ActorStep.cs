using Temporalio.Server.Frontend;
using Temporalio.Server.Matching;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution;

/// <summary>One step of an actor: its time, the runs it may change, and what is to leave once the changes are durable.</summary>
internal sealed class ActorStep(WorkflowActor actor, Engine engine, DateTimeOffset now)
{
    private readonly List<RunStep> _runs = [];

    public Engine Engine { get; } = engine;

    public DateTimeOffset Now { get; } = now;

    public WorkflowKey Workflow => actor.Workflow;

    public IReadOnlyList<RunStep> Runs => _runs;

    public List<Effect> Effects { get; } = [];

    /// <summary>Workflow tasks that became ready: the only thing that may leave before the commit, and only to a worker in this process.</summary>
    public List<PendingTask> WorkflowTasks { get; } = [];

    /// <summary>The answer needs no commit: it tells nothing that a crash could make untrue, or its receiver dies with this process.</summary>
    public bool ReplyAtOnce { get; set; }

    /// <summary>The current run, open or closed; <see langword="null"/> if the workflow id is unknown.</summary>
    public RunStep? Current => actor.Runs.Current is { } run ? For(run) : null;

    /// <summary>The run with this id, or the current one if it is empty.</summary>
    public RunStep? Find(string runId) => runId.Length == 0 ? Current : actor.Runs.Find(runId) is { } run ? For(run) : null;

    /// <exception cref="Temporalio.Rpc.RpcFault">NOT_FOUND.</exception>
    public RunStep Require(string runId) => Find(runId) ?? throw Faults.WorkflowNotFound(Workflow.WorkflowId, runId);

    /// <summary>Adds a run that this step creates; it becomes the workflow id's current one.</summary>
    public RunStep Add(Run run)
    {
        actor.Runs.Add(run);
        return For(run);
    }

    /// <summary>Removes a run and its history.</summary>
    public void Delete(Run run)
    {
        actor.Runs.Delete(run);
        _runs.RemoveAll(s => s.Run == run);
    }

    public RunStep For(Run run)
    {
        foreach (var step in _runs)
        {
            if (step.Run == run)
            {
                return step;
            }
        }

        var created = new RunStep(this, run);
        _runs.Add(created);
        Recovery.Settle(created);
        return created;
    }

    public void AfterCommit(Effect effect) => Effects.Add(effect);

    public void Send(WorkflowKey to, ActorMessage message) => Effects.Add(new SendMessage(to, message));
}
