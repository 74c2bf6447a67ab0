using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

/// <summary>
/// One run's local activities between the workflow asking and the worker running them, and the outcomes that replay has found by
/// looking ahead but nobody has asked for yet.
/// </summary>
internal sealed class LocalActivityQueue
{
    private readonly List<ScheduleLocalActivity> _new = [];
    private readonly List<uint> _cancels = [];
    private readonly HashSet<uint> _executing = [];
    private readonly List<LocalActivityMarker> _known = [];
    private bool _terminating;

    /// <summary>How many are waiting or running; while there are any, the workflow task stays open.</summary>
    public int Outstanding => _terminating ? 0 : _new.Count + _executing.Count;

    public void Enqueue(ScheduleLocalActivity activity) => _new.Add(activity);

    public ScheduleLocalActivity? RemoveNew(uint seq)
    {
        var index = _new.FindIndex(a => a.Seq == seq);
        if (index < 0)
        {
            return null;
        }

        var removed = _new[index];
        _new.RemoveAt(index);
        return removed;
    }

    public void EnqueueCancel(uint seq) => _cancels.Add(seq);

    public void Done(uint seq)
    {
        RemoveNew(seq);
        _executing.Remove(seq);
    }

    public void AddKnown(LocalActivityMarker marker) => _known.Add(marker);

    public uint? NextKnown() => _known.Count == 0 ? null : _known[0].Data.Seq;

    public LocalActivityMarker? TakeKnown(uint seq)
    {
        var index = _known.FindIndex(m => m.Data.Seq == seq);
        if (index < 0)
        {
            return null;
        }

        var marker = _known[index];
        _known.RemoveAt(index);
        return marker;
    }

    /// <summary>The workflow is closing: whatever is waiting is dropped and what is running is of no interest.</summary>
    public void Terminate() => _terminating = true;

    /// <summary>What the worker has to start and to cancel; each is told once.</summary>
    public LocalActivityRequests TakeRequests()
    {
        if (_terminating)
        {
            return new([], [], CancelAll: true);
        }

        if (_new.Count == 0 && _cancels.Count == 0)
        {
            return LocalActivityRequests.None;
        }

        var requests = new LocalActivityRequests(_new.ToArray(), _cancels.ToArray(), CancelAll: false);
        _executing.UnionWith(_new.Select(a => a.Seq));
        _new.Clear();
        _cancels.Clear();
        return requests;
    }
}

/// <summary>What one run asks of the worker's local activities.</summary>
internal sealed record LocalActivityRequests(IReadOnlyList<ScheduleLocalActivity> Start, IReadOnlyList<uint> Cancel, bool CancelAll)
{
    public static readonly LocalActivityRequests None = new([], [], CancelAll: false);

    public bool IsNone => Start.Count == 0 && Cancel.Count == 0 && !CancelAll;
}
