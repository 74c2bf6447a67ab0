using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

/// <summary>A patch marker. The workflow decides without waiting for it; it only has to find its event.</summary>
internal sealed class PatchMachine(RunMachines run, string patchId) : Machine(run)
{
    internal static readonly TransitionTable<PatchMachine, State, Trigger> Table = new(
        "Patch",
        (State.MarkerCommandCreated, Trigger.CommandPrepared, State.Notified, null),
        (State.Notified, Trigger.MarkerRecorded, State.MarkerRecorded, null));

    private State _state;

    internal enum State
    {
        MarkerCommandCreated,
        Notified,
        MarkerRecorded,
    }

    internal enum Trigger
    {
        CommandPrepared,
        MarkerRecorded,
    }

    public override string Name => "Patch machine";

    public string PatchId => patchId;

    public override bool IsFinal => _state is State.MarkerRecorded;

    public override void CommandPrepared() => Table.Fire(this, ref _state, Trigger.CommandPrepared);

    public override void Apply(HistoryEvent historyEvent)
    {
        if (historyEvent.EventType is not EventType.MarkerRecorded || !PatchMarker.TryRead(historyEvent, out var marker))
        {
            throw new NondeterminismException($"Change machine cannot handle this event: {EventText.Of(historyEvent)}");
        }

        if (marker.Id != patchId)
        {
            throw new NondeterminismException($"Change id {marker.Id} does not match expected id {patchId}");
        }

        Table.Fire(this, ref _state, Trigger.MarkerRecorded);
    }
}
