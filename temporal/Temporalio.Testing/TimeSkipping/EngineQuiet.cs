using Temporalio.Server;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Testing.TimeSkipping;

/// <summary>
/// Tells whether nothing but time can make the engine go on. Every workflow is asked through its mailbox, so what lies there before is done
/// and durable when it answers; and all are asked twice, since a message may be on its way between two of them.
/// </summary>
internal sealed class EngineQuiet(Engine engine)
{
    // Work that no worker takes is no reason to wait; but a worker may be about to.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private Dictionary<string, (long Transitions, long NextEventId)> _before = [];
    private long _sameSince = TimeProvider.System.GetTimestamp();

    public async Task<bool> IsQuietAsync()
    {
        var first = await LookAsync().ConfigureAwait(false);
        if (first == Activity.Running)
        {
            return false;
        }

        var second = await LookAsync().ConfigureAwait(false);
        return second switch
        {
            Activity.None => first == Activity.None && IsUnchanged,
            Activity.Waiting => IsUnchanged && TimeProvider.System.GetElapsedTime(_sameSince) >= s_patience,
            _ => false,
        };
    }

    private bool IsUnchanged { get; set; }

    private async Task<Activity> LookAsync()
    {
        var now = new Dictionary<string, (long, long)>();
        var activity = Activity.None;
        foreach (var actor in engine.Actors.All())
        {
            var (runId, seen, stamp) = await engine.Actors.CallAsync(actor.Workflow, "", Look).ConfigureAwait(false);
            activity = seen > activity ? seen : activity;
            now[runId] = stamp;
        }

        IsUnchanged = now.Count == _before.Count && now.All(p => _before.TryGetValue(p.Key, out var stamp) && stamp == p.Value);
        _before = now;
        if (!IsUnchanged)
        {
            _sameSince = TimeProvider.System.GetTimestamp();
        }

        return activity;
    }

    private static (string RunId, Activity Activity, (long, long) Stamp) Look(ActorStep step)
    {
        if (step.Current is not { } current)
        {
            return (step.Workflow.WorkflowId, Activity.None, default);
        }

        var run = current.Run;
        var activity = run switch
        {
            { OwesWord: true } => Activity.Running,
            { IsOpen: false } => Activity.None,
            { Task.IsStarted: true } => Activity.Running,
            _ when run.Activities.All.Any(a => a.IsStarted) => Activity.Running,
            { HasPendingWork: true } => Activity.Waiting,
            _ => Activity.None,
        };
        return (run.RunId, activity, (run.Info.StateTransitions, run.Log.NextEventId));
    }

    private enum Activity
    {
        /// <summary>Waits for time or for somebody outside.</summary>
        None,

        /// <summary>Waits for a worker.</summary>
        Waiting,

        /// <summary>A worker, or a message between workflows, is on its way.</summary>
        Running,
    }
}
