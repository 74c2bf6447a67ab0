using System.Diagnostics.CodeAnalysis;

namespace Temporalio.Worker.WorkflowTasks;

/// <summary>
/// The threads that run workflow code: a few, reused, apart from the thread pool, so that code that blocks cannot starve the rest of the
/// process. A watchdog replaces a thread whose work exceeds its time, and adds one when work has waited while all were busy.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class WorkflowThreads : IWorkflowThreads
{
    private const int MaxThreads = 64;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    // A monitor, for its wait does not spin: the next work is mostly a commit away.
    private readonly object _lock = new();
    private readonly Queue<(WorkflowWork Work, long QueuedAt)> _queue = new();
    private readonly List<Slot> _slots = [];
    private readonly TimeProvider _time;
    private readonly ITimer _watchdog;
    private readonly int _usual;
    private int _busy;
    private bool _watching;

    public WorkflowThreads(int threads, TimeProvider time)
    {
        _usual = threads;
        _time = time;
        using (ExecutionContext.SuppressFlow())
        {
            _watchdog = time.CreateTimer(_ => Watch(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The threads of this process.</summary>
    public static WorkflowThreads Shared { get; } = new(Math.Max(2, Environment.ProcessorCount), TimeProvider.System);

    public void Queue(WorkflowWork work)
    {
        lock (_lock)
        {
            _queue.Enqueue((work, _time.GetTimestamp()));
            if (_slots.Count < _usual && _busy + _queue.Count > _slots.Count)
            {
                AddThreadNeedsLock();
            }

            if (!_watching)
            {
                _watching = true;
                _watchdog.Change(s_tick, s_tick);
            }

            Monitor.Pulse(_lock);
        }
    }

    private void AddThreadNeedsLock()
    {
        var slot = new Slot();
        _slots.Add(slot);
        using (ExecutionContext.SuppressFlow())
        {
            new Thread(() => Run(slot)) { IsBackground = true, Name = "Temporal workflow" }.Start();
        }
    }

    private void Run(Slot slot)
    {
        while (true)
        {
            WorkflowWork? work;
            lock (_lock)
            {
                (WorkflowWork Work, long QueuedAt) next;
                while (!_queue.TryDequeue(out next))
                {
                    if (!Monitor.Wait(_lock, s_idle) && RetireIfSpareNeedsLock(slot))
                    {
                        return;
                    }
                }

                work = next.Work;
                _busy++;
                slot.Work = work;
                slot.StartedAt = _time.GetTimestamp();
            }

            work.Run();
            bool abandoned;
            lock (_lock)
            {
                slot.Work = null;
                abandoned = slot.Abandoned;
                _busy -= abandoned ? 0 : 1;
            }

            if (abandoned)
            {
                work.EndedLate();
                return;
            }

            work.Finish();
        }
    }

    private bool RetireIfSpareNeedsLock(Slot slot) => _slots.Count > _usual && _queue.Count == 0 && _slots.Remove(slot);

    private void Watch()
    {
        List<WorkflowWork>? stuck = null;
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            for (var i = _slots.Count - 1; i >= 0; i--)
            {
                var slot = _slots[i];
                if (slot.Work is { } work && _time.GetElapsedTime(slot.StartedAt, now) >= work.Limit)
                {
                    slot.Abandoned = true;
                    _busy--;
                    _slots.RemoveAt(i);
                    (stuck ??= []).Add(work);
                }
            }

            var starved = _queue.TryPeek(out var head) && _time.GetElapsedTime(head.QueuedAt, now) >= s_patience;
            if (_slots.Count < MaxThreads && (starved || (_slots.Count < _usual && _queue.Count > 0)))
            {
                AddThreadNeedsLock();
            }

            if (_queue.Count == 0 && _busy == 0)
            {
                _watching = false;
                _watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        foreach (var work in stuck ?? [])
        {
            work.Exceeded();
        }
    }

    private sealed class Slot
    {
        public WorkflowWork? Work { get; set; }

        public long StartedAt { get; set; }

        /// <summary>The watchdog has given up on this thread; it ends with its work.</summary>
        public bool Abandoned { get; set; }
    }
}
