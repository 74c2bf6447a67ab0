using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution.Timers;

/// <summary>A timer of the workflow's.</summary>
internal sealed record PendingTimer(string TimerId, long StartedEventId, DateTimeOffset Due)
{
    /// <summary>The timer that the event started.</summary>
    public static PendingTimer Of(HistoryEvent e)
    {
        var attributes = e.TimerStartedEventAttributes;
        return new PendingTimer(attributes.TimerId, e.EventId, e.EventTime.ToDateTimeOffset() + attributes.StartToFireTimeout.ToSpan());
    }
}

/// <summary>A run's running timers.</summary>
internal sealed class TimerTable
{
    private readonly Dictionary<string, PendingTimer> _byId = [];

    public int Count => _byId.Count;

    public Dictionary<string, PendingTimer>.ValueCollection All => _byId.Values;

    public PendingTimer? Find(string timerId) => _byId.GetValueOrDefault(timerId);

    public void Add(PendingTimer timer) => _byId.Add(timer.TimerId, timer);

    public void Remove(PendingTimer timer) => _byId.Remove(timer.TimerId);

    /// <summary>The timers that are due, in the order in which they fire.</summary>
    public List<PendingTimer>? Due(DateTimeOffset now)
    {
        List<PendingTimer>? due = null;
        foreach (var timer in _byId.Values)
        {
            if (timer.Due <= now)
            {
                (due ??= []).Add(timer);
            }
        }

        due?.Sort(static (a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.StartedEventId.CompareTo(b.StartedEventId));
        return due;
    }

    public void Save(StateWriter writer)
    {
        writer.Number(_byId.Count);
        foreach (var timer in _byId.Values)
        {
            writer.Text(timer.TimerId);
            writer.Number(timer.StartedEventId);
            writer.Time(timer.Due);
        }
    }

    public void Load(ref StateReader reader)
    {
        for (var i = reader.Integer(); i > 0; i--)
        {
            Add(new PendingTimer(reader.RequiredText(), reader.Number(), reader.Time()!.Value));
        }
    }
}
