using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution.Activities;

/// <summary>A run's pending activities, by the id of their Scheduled event and in its order.</summary>
internal sealed class ActivityTable
{
    private readonly SortedList<long, PendingActivity> _byEvent = [];

    public int Count => _byEvent.Count;

    public IList<PendingActivity> All => _byEvent.Values;

    public bool AnyScheduled
    {
        get
        {
            foreach (var activity in _byEvent.Values)
            {
                if (activity.Status == ActivityStatus.Scheduled || activity.VolatileStart)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public PendingActivity? Find(long scheduledEventId) => _byEvent.GetValueOrDefault(scheduledEventId);

    public PendingActivity? Find(string activityId)
    {
        foreach (var activity in _byEvent.Values)
        {
            if (activity.ActivityId == activityId)
            {
                return activity;
            }
        }

        return null;
    }

    public void Add(PendingActivity activity) => _byEvent.Add(activity.ScheduledEventId, activity);

    public void Remove(PendingActivity activity) => _byEvent.Remove(activity.ScheduledEventId);

    public void Save(StateWriter writer)
    {
        writer.Number(_byEvent.Count);
        foreach (var activity in _byEvent.Values)
        {
            activity.Save(writer);
        }
    }

    public void Load(ref StateReader reader)
    {
        for (var i = reader.Integer(); i > 0; i--)
        {
            Add(PendingActivity.Load(ref reader));
        }
    }
}
