using Temporalio.Server.Execution;

namespace Temporalio.Server.Tests.State;

/// <summary>What a run is and has, as far as it is stored in a way of its own.</summary>
internal static class StateFeatures
{
    public static IEnumerable<string> Of(Run run)
    {
        yield return $"status {run.Info.Status}";
        yield return $"task {run.Task.Status} {run.Task.Kind}";
        foreach (var activity in run.Activities.All)
        {
            yield return $"activity {activity.Status}";
            foreach (var (has, what) in new[]
            {
                (activity.IsPaused, "paused"), (activity.CancelRequested, "asked to cancel"), (activity.ResetRequested, "asked to start anew"),
                (activity.LastFailure is not null, "failed before"), (activity.HeartbeatDetails is not null, "with a heartbeat"), (activity.Priority is not null, "with a priority"),
            })
            {
                if (has)
                {
                    yield return $"activity {what}";
                }
            }
        }

        foreach (var child in run.Children.All)
        {
            yield return $"child {child.Status}";
        }

        foreach (var update in run.Updates.All)
        {
            yield return $"update {update.Status}";
        }

        foreach (var (has, what) in new[]
        {
            (run.Timers.Count > 0, "timer"), (run.Externals.Count > 0, "word to another workflow"), (run.Buffer.Count > 0, "buffered event"), (run.RequestIds.Count > 0, "request id"),
            (run.SignalRequestIds.Count > 0, "request id of a signal"), (run.Schedule is not null, "schedule"), (run.Task.Sticky is not null, "sticky queue"),
            (run.Info.Memo is not null, "memo"), (run.Info.SearchAttributes is not null, "search attributes"), (run.Info.ResetPoints is not null, "reset points"),
            (run.Info.CancelRequested, "asked to cancel"), (run.Info.UserMetadata is not null, "user metadata"), (run.Info.LastResetTime is not null, "reset"),
            (run.Info.ResetRunId.Length > 0, "was reset"), (run.Info.RunExpiration is not null, "run time-out"), (run.Info.HeldByParent, "held by its parent"), (run.Info.AwaitsFirstTask, "awaits its first task"),
        })
        {
            if (has)
            {
                yield return what;
            }
        }
    }
}
