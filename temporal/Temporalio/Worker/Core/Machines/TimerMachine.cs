using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

internal sealed class TimerMachine(RunMachines run, StartTimer command) : Machine(run)
{
    // Fired cannot follow CancelCommandCreated: the fired event would have been applied before the workflow could cancel, and the
    // server drops a buffered firing when it accepts the cancel.
    internal static readonly TransitionTable<TimerMachine, State, Trigger> Table = new(
        "Timer",
        (State.StartCommandCreated, Trigger.CommandPrepared, State.StartCommandCreated, null),
        (State.StartCommandCreated, Trigger.TimerStarted, State.StartCommandRecorded, null),
        (State.StartCommandCreated, Trigger.Cancel, State.Canceled, m => m._cancelledBeforeSent = true),
        (State.StartCommandRecorded, Trigger.TimerFired, State.Fired, m => m.Fired()),
        (State.StartCommandRecorded, Trigger.Cancel, State.CancelCommandCreated, m => m.IssueCancel()),
        (State.CancelCommandCreated, Trigger.Cancel, State.CancelCommandCreated, null),
        (State.CancelCommandCreated, Trigger.CommandPrepared, State.CancelCommandSent, null),
        (State.CancelCommandSent, Trigger.Cancel, State.CancelCommandSent, null),
        (State.CancelCommandSent, Trigger.TimerCanceled, State.Canceled, null),
        (State.Canceled, Trigger.Cancel, State.Canceled, null),
        (State.Fired, Trigger.Cancel, State.Fired, null));

    private readonly uint _seq = command.Seq;
    private State _state;
    private bool _cancelledBeforeSent;
    private string? _firedId;
    private WorkflowCommand? _cancelCommand;

    internal enum State
    {
        StartCommandCreated,
        StartCommandRecorded,
        CancelCommandCreated,
        CancelCommandSent,
        Canceled,
        Fired,
    }

    internal enum Trigger
    {
        CommandPrepared,
        TimerStarted,
        TimerFired,
        TimerCanceled,
        Cancel,
    }

    public override string Name => "Timer machine";

    public override bool IsFinal => _state is State.Canceled or State.Fired;

    public override bool CancelledBeforeSent => _cancelledBeforeSent;

    public static Command StartCommand(StartTimer timer) => new()
    {
        CommandType = CommandType.StartTimer,
        StartTimerCommandAttributes = new() { TimerId = timer.Seq.ToString(), StartToFireTimeout = timer.StartToFireTimeout },
    };

    public void Cancel(WorkflowCommand cancelCommand)
    {
        _cancelCommand = cancelCommand;
        Fire(Trigger.Cancel);
    }

    public override void CommandPrepared() => Fire(Trigger.CommandPrepared);

    public override void Apply(HistoryEvent historyEvent)
    {
        switch (historyEvent.EventType)
        {
            case EventType.TimerStarted:
                Fire(Trigger.TimerStarted);
                break;
            case EventType.TimerFired:
                _firedId = historyEvent.TimerFiredEventAttributes.TimerId;
                Fire(Trigger.TimerFired);
                break;
            case EventType.TimerCanceled:
                Fire(Trigger.TimerCanceled);
                break;
            default:
                throw DoesNotHandle(historyEvent);
        }
    }

    private void Fired()
    {
        if (_firedId != _seq.ToString())
        {
            throw new NondeterminismException($"Timer fired event did not have expected timer id {_seq}, it was {_firedId}!");
        }

        Run.AddJob(this, new() { FireTimer = new FireTimer { Seq = _seq } });
    }

    private void IssueCancel() => Run.AddCommand(
        this,
        new()
        {
            CommandType = CommandType.CancelTimer,
            CancelTimerCommandAttributes = new() { TimerId = _seq.ToString() },
        },
        _cancelCommand);

    private void Fire(Trigger trigger) => Table.Fire(this, ref _state, trigger);
}
