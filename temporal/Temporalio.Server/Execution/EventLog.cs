using Google.Protobuf;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution;

/// <summary>
/// A run's history as the engine writes it: numbers events, packs each transaction's into a batch of bytes, and keeps the latest batches
/// for pollers. A volatile batch (the pick-up of a workflow task) has its ids reserved but is written only with the events that follow it.
/// </summary>
internal sealed class EventLog
{
    private const int TailBytes = 64 * 1024;

    private readonly List<HistoryEvent> _open = [];
    private readonly List<HistoryBatch> _tail = [];
    private List<HistoryBatch> _unsaved = [];
    private HistoryBatch? _volatile;
    private int _tailBytes;
    private long _committedNextEventId = 1;

    /// <summary>The id that the next event gets.</summary>
    public long NextEventId { get; private set; } = 1;

    /// <summary>The id after the last event that is, or will be with the next commit, durable.</summary>
    public long DurableNextEventId => _volatile?.FirstEventId ?? NextEventId;

    /// <summary>The id after the last event whose commit returned.</summary>
    public long CommittedNextEventId => _committedNextEventId;

    public long SizeBytes { get; private set; }

    public DateTimeOffset LastTime { get; private set; } = DateTimeOffset.UnixEpoch;

    public bool HasUnsaved => _unsaved.Count > 0;

    public bool HasVolatile => _volatile is not null;

    /// <summary>Batches at hand, oldest first; what lies before them is in the store.</summary>
    public IReadOnlyList<HistoryBatch> Tail => _tail;

    /// <summary>Gives the event the next id and a time that never goes back.</summary>
    public HistoryEvent Append(HistoryEvent e, DateTimeOffset now)
    {
        Harden();
        LastTime = now > LastTime ? now : LastTime;
        e.EventId = NextEventId++;
        e.EventTime = LastTime.ToProto();
        e.TaskId = e.EventId;
        _open.Add(e);
        return e;
    }

    /// <summary>An event of the transaction at hand; <see langword="null"/> if there is none with this id.</summary>
    public HistoryEvent? FindOpen(long eventId) => _open.Count > 0 && eventId >= _open[0].EventId && eventId <= _open[^1].EventId ? _open[(int)(eventId - _open[0].EventId)] : null;

    /// <summary>Takes over an event of another run's history as it is.</summary>
    public void Copy(HistoryEvent e)
    {
        LastTime = e.EventTime.ToDateTimeOffset();
        NextEventId = e.EventId + 1;
        _open.Add(e);
    }

    /// <summary>Ends a transaction: what was appended since the last one becomes a batch.</summary>
    public void Seal()
    {
        if (_open.Count == 0)
        {
            return;
        }

        var batch = Pack();
        _unsaved.Add(batch);
        Keep(batch);
    }

    /// <summary>Ends a transaction that need not be durable before the next one is.</summary>
    public void SealVolatile()
    {
        _volatile = Pack();
        Keep(_volatile);
    }

    /// <summary>Makes the volatile batch an ordinary one, to be written with the next commit.</summary>
    public void Harden()
    {
        if (_volatile is { } batch)
        {
            _volatile = null;
            _unsaved.Add(batch);
        }
    }

    /// <summary>Forgets the volatile batch, as a crash would.</summary>
    public void DropVolatile()
    {
        if (_volatile is { } batch)
        {
            _volatile = null;
            NextEventId = batch.FirstEventId;
            SizeBytes -= batch.Data.Length;
            _tail.RemoveAt(_tail.Count - 1);
            _tailBytes -= batch.Data.Length;
        }
    }

    public IReadOnlyList<HistoryBatch> TakeUnsaved()
    {
        if (_unsaved.Count == 0)
        {
            return [];
        }

        var taken = _unsaved;
        _unsaved = [];
        return taken;
    }

    /// <summary>A commit that reached to <paramref name="nextEventId"/> returned: older batches may leave memory.</summary>
    public void Committed(long nextEventId)
    {
        _committedNextEventId = nextEventId;
        var drop = 0;
        while (_tailBytes > TailBytes && drop < _tail.Count && _tail[drop].NextEventId <= nextEventId)
        {
            _tailBytes -= _tail[drop++].Data.Length;
        }

        _tail.RemoveRange(0, drop);
    }

    public void Save(StateWriter writer)
    {
        writer.Number(DurableNextEventId);
        writer.Number(SizeBytes);
        writer.Time(LastTime);
    }

    public void Load(ref StateReader reader)
    {
        NextEventId = reader.Number();
        _committedNextEventId = NextEventId;
        SizeBytes = reader.Number();
        LastTime = reader.Time() ?? DateTimeOffset.UnixEpoch;
    }

    private HistoryBatch Pack()
    {
        var history = new History();
        history.Events.AddRange(_open);
        var batch = new HistoryBatch(_open[0].EventId, NextEventId, history.ToByteArray());
        _open.Clear();
        return batch;
    }

    private void Keep(HistoryBatch batch)
    {
        SizeBytes += batch.Data.Length;
        _tail.Add(batch);
        _tailBytes += batch.Data.Length;
    }
}
