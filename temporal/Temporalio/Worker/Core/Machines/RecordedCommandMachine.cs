using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

/// <summary>A command that resolves nothing: an upsert of search attributes or of the memo. It only has to find its event.</summary>
internal sealed class RecordedCommandMachine(RunMachines run, string name, EventType recordingEvent) : Machine(run)
{
    internal static readonly TransitionTable<RecordedCommandMachine, State, Trigger> Table = new(
        "RecordedCommand",
        (State.Created, Trigger.CommandPrepared, State.CommandIssued, null),
        (State.CommandIssued, Trigger.Recorded, State.Done, null));

    private State _state;

    internal enum State
    {
        Created,
        CommandIssued,
        Done,
    }

    internal enum Trigger
    {
        CommandPrepared,
        Recorded,
    }

    public override string Name => name;

    public override bool IsFinal => _state is State.Done;

    public override void CommandPrepared() => Table.Fire(this, ref _state, Trigger.CommandPrepared);

    public override void Apply(HistoryEvent historyEvent)
    {
        if (historyEvent.EventType != recordingEvent)
        {
            throw new NondeterminismException($"{Name} does not handle {EventText.Of(historyEvent)}");
        }

        Table.Fire(this, ref _state, Trigger.Recorded);
    }
}
