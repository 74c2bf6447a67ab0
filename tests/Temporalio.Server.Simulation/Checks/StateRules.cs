using Temporalio.Api.History.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Execution.Updates;
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

        // A task that is only in memory makes a run pending too, which does no harm.
        if (change.Open != run.StaysListed || (run.HasPendingWork && !change.Pending))
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
        List<string?> differences =
        [
            Differ("activities", run.Activities.All.Select(a => a.ScheduledEventId).Concat(Buffered(run, Endings.OfActivity)), history.OpenActivities.Keys),
            Differ("children", run.Children.All.Select(c => c.InitiatedEventId).Concat(Buffered(run, Endings.OfChild)), history.OpenChildren),
            Differ("signals and cancellations to others", run.Externals.All.Select(x => x.InitiatedEventId).Concat(Buffered(run, Endings.OfExternal)), history.OpenExternals),
            Differ("timers", run.Timers.All.Select(t => t.StartedEventId).Concat(Buffered(run, e => e.TimerFiredEventAttributes?.StartedEventId ?? 0)), history.OpenTimers),
            Differ("updates", run.Updates.All.Select(u => u.UpdateId), history.KnownUpdates),
            Differ("updates done", run.Updates.All.Where(u => u.Status == UpdateStatus.Completed).Select(u => u.UpdateId), history.CompletedUpdates),
        ];
        foreach (var difference in differences.OfType<string>())
        {
            yield return difference;
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

    private static IEnumerable<long> Buffered(Run run, Func<HistoryEvent, long> ends) => run.Buffer.Events.Select(ends).Where(id => id != 0);

    private static string? Differ<T>(string what, IEnumerable<T> state, IEnumerable<T> history)
    {
        var (pending, open) = (state.Order().ToList(), history.Order().ToList());
        return pending.SequenceEqual(open) ? null : $"{what} by the state: {string.Join(',', pending)}; by the history: {string.Join(',', open)}";
    }
}
