using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

/// <summary>One workflow task in history; moves the run's clock and counters when the task counts.</summary>
/// <param name="run">The run.</param>
/// <param name="lastStartedId">Started event that ends the sequence being applied: earlier ones in it were failed or empty tasks.</param>
internal sealed class WorkflowTaskMachine(RunMachines run, long lastStartedId) : Machine(run)
{
    internal static readonly TransitionTable<WorkflowTaskMachine, State, Trigger> Table = new(
        "WorkflowTask",
        (State.Created, Trigger.Scheduled, State.Scheduled, null),
        (State.Scheduled, Trigger.Started, State.Started, m => m.Started()),
        (State.Scheduled, Trigger.TimedOut, State.TimedOut, null),
        (State.Started, Trigger.Completed, State.Completed, m => m.Run.TaskStarted(m._startedId, m._time!)),
        (State.Started, Trigger.Failed, State.Failed, m => m.Failed()),
        (State.Started, Trigger.TimedOut, State.TimedOut, null));

    private State _state;
    private HistoryEvent? _event;
    private long _startedId;
    private Timestamp? _time;

    internal enum State
    {
        Created,
        Scheduled,
        Started,
        Completed,
        Failed,
        TimedOut,
    }

    internal enum Trigger
    {
        Scheduled,
        Started,
        Completed,
        Failed,
        TimedOut,
    }

    public override string Name => "WFT machine";

    public override bool IsFinal => _state >= State.Completed;

    public override void Apply(HistoryEvent historyEvent)
    {
        _event = historyEvent;
        Table.Fire(this, ref _state, historyEvent.EventType switch
        {
            EventType.WorkflowTaskScheduled => Trigger.Scheduled,
            EventType.WorkflowTaskStarted => Trigger.Started,
            EventType.WorkflowTaskCompleted => Trigger.Completed,
            EventType.WorkflowTaskFailed => Trigger.Failed,
            EventType.WorkflowTaskTimedOut => Trigger.TimedOut,
            _ => throw new NondeterminismException($"Event does not apply to a wf task machine: {EventText.Of(historyEvent)}"),
        });
        _event = null;
    }

    private void Started()
    {
        _startedId = _event!.EventId;
        _time = _event.EventTime
            ?? throw new FatalRunException($"Workflow task started event must contain timestamp: {EventText.Of(_event)}");
        if (_startedId >= lastStartedId)
        {
            Run.TaskStarted(lastStartedId, _time);
        }
    }

    private void Failed()
    {
        var attributes = _event!.WorkflowTaskFailedEventAttributes;
        if (attributes.Cause is WorkflowTaskFailedCause.ResetWorkflow)
        {
            Run.ReseedRandom(attributes.NewRunId);
        }
    }
}
