namespace Temporalio.Server.Simulation.Scheduling;

/// <summary>
/// One thread, one clock, one source of chance. What is runnable lies in a bag from which the seed picks; when it is empty, time jumps to
/// the next timer. So one seed is one execution, and every order that threads could have taken is one that some seed takes.
/// </summary>
internal sealed class Simulator
{
    private static readonly long s_start = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    private readonly List<Item> _bag = [];
    private readonly PriorityQueue<(SimulatedTimer Timer, long Arming), (long Due, long Sequence)> _timers = new();
    private readonly Queue<string> _recent = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _sequence;

    public Simulator(ulong seed, bool detailed)
    {
        Seed = seed;
        IsDetailed = detailed;
        Random = SimulationRandom.Of(seed, "scheduler");
    }

    public ulong Seed { get; }

    public SimulationRandom Random { get; }

    public TraceHash Trace { get; } = new();

    /// <summary>Virtual time in ticks since year 1, UTC.</summary>
    public long Now { get; private set; } = s_start;

    public TimeSpan Elapsed => TimeSpan.FromTicks(Now - s_start);

    public int Steps { get; private set; }

    /// <summary>The first rule that was broken; nothing runs after it.</summary>
    public string? Failure { get; private set; }

    /// <summary>What was noted last, oldest first.</summary>
    public IEnumerable<string> Recent => _recent;

    /// <summary>Whether every call and commit is noted, as in the replay of a seed; it changes nothing of what happens.</summary>
    public bool IsDetailed { get; }

    public void Fail(string rule)
    {
        Failure ??= rule;
    }

    /// <summary>Remembers an occurrence: part of the trace, and of the report if a rule is broken later.</summary>
    public void Note(string what)
    {
        Trace.Add(what);
        Keep(what);
    }

    /// <summary>Remembers more, for people only.</summary>
    public void Detail(Func<string> what)
    {
        if (IsDetailed)
        {
            Keep(what());
        }
    }

    private void Keep(string what)
    {
        _recent.Enqueue($"{Elapsed.TotalSeconds,10:F6} {Steps,6} {what}");
        if (!IsDetailed && _recent.Count > 60)
        {
            _recent.Dequeue();
        }
    }

    public SimulatedProcess NewProcess(string name) => new(this, name);

    public void Add(SimulatedProcess process, SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            // Whoever comes from another thread has escaped: its order is the operating system's, not the seed's.
            Fail($"Work of {process.Name} came from outside the simulator:\n{Environment.StackTrace}");
            return;
        }

        if (process.IsAlive)
        {
            _bag.Add(new Item(process, callback, state));
        }
    }

    public void Arm(SimulatedTimer timer, long arming, TimeSpan dueTime) =>
        _timers.Enqueue((timer, arming), (Now + Math.Max(0, dueTime.Ticks), _sequence++));

    /// <summary>Runs one item; false when there is nothing left to run, ever.</summary>
    public bool Step()
    {
        while (true)
        {
            while (_timers.TryPeek(out var entry, out var key) && (key.Due <= Now || _bag.Count == 0))
            {
                _timers.Dequeue();
                if (entry.Timer.IsArmed(entry.Arming))
                {
                    Now = Math.Max(Now, key.Due);
                    entry.Timer.Fire();
                }
            }

            if (_bag.Count == 0)
            {
                return false;
            }

            var index = Random.Below(_bag.Count);
            var item = _bag[index];
            _bag[index] = _bag[^1];
            _bag.RemoveAt(_bag.Count - 1);
            if (item.Process.IsAlive)
            {
                Run(item, index);
                return true;
            }
        }
    }

    private void Run(Item item, int index)
    {
        Steps++;
        // Work takes time, so that short waits (the hold of an actor's commit) end in the middle of it.
        Now += 10 * (1 + Random.Below(60));
        Trace.Add(index);
        Trace.Add(Now);
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(item.Process);
        try
        {
            item.Callback(item.State);
        }
        catch (Exception e)
        {
            Fail($"{item.Process.Name} threw {e}");
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private readonly record struct Item(SimulatedProcess Process, SendOrPostCallback Callback, object? State);
}
