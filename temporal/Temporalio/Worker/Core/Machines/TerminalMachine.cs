using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

/// <summary>The command that closes the workflow, waiting for its event.</summary>
internal sealed class TerminalMachine(RunMachines run, string name, EventType closingEvent) : Machine(run)
{
    internal static readonly TransitionTable<TerminalMachine, State, Trigger> Table = new(
        "Terminal",
        (State.Created, Trigger.CommandPrepared, State.CommandCreated, null),
        (State.CommandCreated, Trigger.Closed, State.Closed, null));

    private State _state;

    internal enum State
    {
        Created,
        CommandCreated,
        Closed,
    }

    internal enum Trigger
    {
        CommandPrepared,
        Closed,
    }

    public override string Name => name;

    public override bool IsFinal => _state is State.Closed;

    public override void CommandPrepared() => Table.Fire(this, ref _state, Trigger.CommandPrepared);

    public override void Apply(HistoryEvent historyEvent)
    {
        if (historyEvent.EventType != closingEvent)
        {
            throw DoesNotHandle(historyEvent);
        }

        Table.Fire(this, ref _state, Trigger.Closed);
    }
}
