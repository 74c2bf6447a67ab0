using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution.Activities;

/// <summary>A run's pending activities, by the id of their Scheduled event.</summary>
internal sealed class ActivityTable : PendingTable<PendingActivity>
{
    public bool AnyScheduled => Any(static a => a.Status == ActivityStatus.Scheduled || a.VolatileStart);

    /// <summary>Whether one waits for a worker; one whose pick-up only this process knows of has found its own.</summary>
    public bool AnyWaiting => Any(static a => a.Status == ActivityStatus.Scheduled);

    public PendingActivity? Find(string activityId)
    {
        foreach (var activity in All)
        {
            if (activity.ActivityId == activityId)
            {
                return activity;
            }
        }

        return null;
    }

    protected override long EventOf(PendingActivity item) => item.ScheduledEventId;

    protected override void Save(PendingActivity item, StateWriter writer) => item.Save(writer);

    protected override PendingActivity LoadItem(ref StateReader reader) => PendingActivity.Load(ref reader);
}
