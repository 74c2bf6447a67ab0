using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

/// <summary>Finds a run's machines by the workflow's sequence numbers, by event and by update; forgets those that are settled.</summary>
internal sealed class MachineIndex
{
    private readonly Dictionary<(MachineKind Kind, uint Seq), Machine> _bySeq = [];
    private readonly Dictionary<long, Machine> _byEvent = [];
    private readonly Dictionary<string, UpdateMachine> _byUpdate = new(StringComparer.Ordinal);
    private readonly List<LocalActivityMachine> _localActivities = [];
    private readonly SeenNumbers[] _seen = [.. Enum.GetValues<MachineKind>().Select(_ => new SeenNumbers())];

    /// <summary>In the order in which the workflow asked for them.</summary>
    public IReadOnlyList<LocalActivityMachine> LocalActivities => _localActivities;

    public void Add(MachineKind kind, uint seq, Machine machine)
    {
        machine.Key = (kind, seq);
        _bySeq[(kind, seq)] = machine;
        _seen[(int)kind].Add(seq);
        if (machine is LocalActivityMachine local)
        {
            _localActivities.Add(local);
        }
    }

    /// <summary>The machine, or none if it is settled and forgotten.</summary>
    /// <exception cref="NondeterminismException">There never was one.</exception>
    public Machine? Find(MachineKind kind, uint seq)
    {
        if (_bySeq.TryGetValue((kind, seq), out var machine))
        {
            return machine;
        }

        // A child is asked for by the name of its start.
        return _seen[(int)kind].Contains(seq)
            ? null
            : throw new NondeterminismException($"Missing associated machine for {(kind is MachineKind.ChildWorkflow ? "ChildWorkflowStart" : kind.ToString())}({seq})");
    }

    public LocalActivityMachine? FindLocalActivity(uint seq) =>
        _bySeq.TryGetValue((MachineKind.LocalActivity, seq), out var machine) ? (LocalActivityMachine)machine : null;

    public void Add(long eventId, Machine machine) => _byEvent.Add(eventId, machine);

    public Machine? FindByEvent(long eventId) => _byEvent.GetValueOrDefault(eventId);

    public void ForgetEvent(long eventId) => _byEvent.Remove(eventId);

    public void ForgetEventsAfter(long eventId)
    {
        foreach (var id in _byEvent.Keys.Where(id => id > eventId).ToList())
        {
            _byEvent.Remove(id);
        }
    }

    public void Add(UpdateMachine update) => _byUpdate[update.InstanceId] = update;

    public UpdateMachine FindUpdate(string instanceId) =>
        _byUpdate.GetValueOrDefault(instanceId)
            ?? throw new FatalRunException($"Missing associated machine for protocol message {instanceId}");

    /// <summary>Drops a machine that nothing can concern any more, so that a long run does not grow with what it has done.</summary>
    public void Forget(Machine machine)
    {
        if (machine.Key is { } key)
        {
            _bySeq.Remove(key);
        }

        switch (machine)
        {
            case UpdateMachine update:
                _byUpdate.Remove(update.InstanceId);
                break;
            case LocalActivityMachine local:
                _localActivities.Remove(local);
                break;
        }
    }
}

internal enum MachineKind
{
    Timer,
    Activity,
    LocalActivity,
    ChildWorkflow,
    SignalExternal,
    CancelExternal,
}
