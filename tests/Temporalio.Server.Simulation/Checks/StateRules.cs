using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Simulation.Load;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Checks;

/// <summary>A run's stored state has to say the same as its stored history.</summary>
internal static class StateRules
{
    /// <summary>The rules broken by the state that a commit has just stored.</summary>
    public static IEnumerable<string> Check(RunChange change, StoredRun stored, HistoryModel history)
    {
        var run = Run.Load(stored);
        if (!run.Save(new StateWriter()).Span.SequenceEqual(stored.State.Span))
        {
            yield return "the state is not the same after a reload";
        }

        if (run.Log.NextEventId != history.Next)
        {
            yield return $"the state goes on at event {run.Log.NextEventId}, the history at {history.Next}";
        }

        if (run.IsOpen == history.IsClosed)
        {
            yield return $"open by the state: {run.IsOpen}, closed by the history: {history.IsClosed}";
        }

        if (change.Open != run.StaysListed || change.Pending != run.HasPendingWork)
        {
            yield return $"listed: {change.Open}, should be {run.StaysListed}; pending: {change.Pending}, should be {run.HasPendingWork}";
        }

        if (!run.IsOpen)
        {
            yield break;
        }

        if (Deadlines.Next(run) is { } due && !(change.WakeAt <= due))
        {
            yield return $"it has to wake at {due:O} and is registered for {change.WakeAt:O}";
        }

        foreach (var broken in CheckOpen(run, history))
        {
            yield return broken;
        }
    }

    private static IEnumerable<string> CheckOpen(Run run, HistoryModel history)
    {
        var buffered = run.Buffer.Events.Select(Activities.ClosedBy).Where(id => id != 0).ToList();
        var activities = run.Activities.All.Select(a => a.ScheduledEventId).Concat(buffered).Order();
        if (!activities.SequenceEqual(history.OpenActivities.Keys.Order()))
        {
            yield return $"activities pending by the state: {string.Join(',', activities)}, by the history: {string.Join(',', history.OpenActivities.Keys.Order())}";
        }

        var fired = run.Buffer.Events.Where(e => e.TimerFiredEventAttributes is not null).Select(e => e.TimerFiredEventAttributes.TimerId);
        var timers = run.Timers.All.Select(t => t.TimerId).Concat(fired).Order(StringComparer.Ordinal);
        if (!timers.SequenceEqual(history.OpenTimers.Order(StringComparer.Ordinal)))
        {
            yield return $"timers running by the state: {string.Join(',', timers)}, by the history: {string.Join(',', history.OpenTimers)}";
        }

        var signals = history.Signals + run.Buffer.Events.Count(e => e.WorkflowExecutionSignaledEventAttributes is not null);
        if (run.SignalCount != signals)
        {
            yield return $"the state counts {run.SignalCount} signals, history and buffer hold {signals}";
        }

        var task = run.Task;
        var written = task.IsPending && task.Kind == WorkflowTaskKind.Normal;
        if ((written ? task.ScheduledEventId : 0) != history.TaskScheduled || (written && task.IsStarted ? task.StartedEventId : 0) != history.TaskStarted)
        {
            yield return $"workflow task by the state: {task.Kind} {task.Status} ({task.ScheduledEventId}, {task.StartedEventId}), " +
                $"by the history: ({history.TaskScheduled}, {history.TaskStarted})";
        }

        if (run.Buffer.Count > 0 && !task.IsPending)
        {
            yield return $"{run.Buffer.Count} events are buffered and no workflow task is pending that would write them";
        }
    }
}
