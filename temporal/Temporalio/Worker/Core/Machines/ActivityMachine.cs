using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

internal sealed class ActivityMachine(RunMachines run, ScheduleActivity command) : Machine(run)
{
    // Once a cancel command is out, no Completed, Failed or Canceled may arrive before its CancelRequested event: all command events
    // of a task precede what was buffered while it ran.
    internal static readonly TransitionTable<ActivityMachine, State, Trigger> Table = new(
        "Activity",
        (State.ScheduleCommandCreated, Trigger.CommandPrepared, State.ScheduleCommandCreated, null),
        (State.ScheduleCommandCreated, Trigger.Scheduled, State.ScheduledEventRecorded, null),
        (State.ScheduleCommandCreated, Trigger.Cancel, State.Canceled, m => m.Withdraw()),
        (State.ScheduleCommandCreated, Trigger.Abandon, State.Canceled, m => m.Withdraw()),
        (State.ScheduledEventRecorded, Trigger.Started, State.Started, null),
        (State.ScheduledEventRecorded, Trigger.TimedOut, State.TimedOut, m => m.ResolveTimedOut()),
        (State.ScheduledEventRecorded, Trigger.Cancel, State.ScheduledCancelCommandCreated, m => m.IssueCancel()),
        (State.ScheduledEventRecorded, Trigger.Abandon, State.Abandoned, m => m.ResolveCancelled(null)),
        (State.Started, Trigger.Completed, State.Completed, m => m.ResolveCompleted()),
        (State.Started, Trigger.Failed, State.Failed, m => m.ResolveFailed()),
        (State.Started, Trigger.TimedOut, State.TimedOut, m => m.ResolveTimedOut()),
        (State.Started, Trigger.Cancel, State.StartedCancelCommandCreated, m => m.IssueCancel()),
        (State.Started, Trigger.Abandon, State.Abandoned, m => m.ResolveCancelled(null)),
        (State.ScheduledCancelCommandCreated, Trigger.CommandPrepared, State.ScheduledCancelCommandCreated, null),
        (State.ScheduledCancelCommandCreated, Trigger.CancelRequested, State.ScheduledCancelRecorded, null),
        (State.ScheduledCancelRecorded, Trigger.Canceled, State.Canceled, m => m.AfterCancel(x => x.ResolveCancelled(x._event!.ActivityTaskCanceledEventAttributes))),
        (State.ScheduledCancelRecorded, Trigger.Started, State.StartedCancelRecorded, null),
        (State.ScheduledCancelRecorded, Trigger.TimedOut, State.TimedOut, m => m.AfterCancel(x => x.ResolveTimedOut())),
        (State.StartedCancelCommandCreated, Trigger.CommandPrepared, State.StartedCancelCommandCreated, null),
        (State.StartedCancelCommandCreated, Trigger.CancelRequested, State.StartedCancelRecorded, null),
        (State.StartedCancelRecorded, Trigger.Completed, State.Completed, m => m.AfterCancel(x => x.ResolveCompleted())),
        (State.StartedCancelRecorded, Trigger.Failed, State.Failed, m => m.AfterCancel(x => x.ResolveFailed())),
        (State.StartedCancelRecorded, Trigger.TimedOut, State.TimedOut, m => m.AfterCancel(x => x.ResolveTimedOut())),
        (State.StartedCancelRecorded, Trigger.Canceled, State.Canceled, m => m.AfterCancel(x => x.ResolveCancelled(x._event!.ActivityTaskCanceledEventAttributes))),
        (State.Abandoned, Trigger.Started, State.Abandoned, null),
        (State.Abandoned, Trigger.Completed, State.Completed, null),
        (State.Abandoned, Trigger.Failed, State.Failed, null),
        (State.Abandoned, Trigger.TimedOut, State.TimedOut, null),
        (State.Abandoned, Trigger.Canceled, State.Canceled, null));

    private readonly uint _seq = command.Seq;
    private readonly string _id = command.ActivityId;
    private readonly string _type = command.ActivityType;
    private readonly ActivityCancellationType _cancellation = command.CancellationType;
    private State _state;
    private bool _cancelledBeforeSent;
    private long _scheduledId;
    private HistoryEvent? _event;
    private WorkflowCommand? _cancelCommand;

    internal enum State
    {
        ScheduleCommandCreated,
        ScheduledEventRecorded,
        Started,
        ScheduledCancelCommandCreated,
        ScheduledCancelRecorded,
        StartedCancelCommandCreated,
        StartedCancelRecorded,
        Abandoned,
        Completed,
        Failed,
        TimedOut,
        Canceled,
    }

    internal enum Trigger
    {
        CommandPrepared,
        Scheduled,
        Started,
        Completed,
        Failed,
        TimedOut,
        CancelRequested,
        Canceled,
        Cancel,
        Abandon,
    }

    public override string Name => "Activity machine";

    public override bool IsFinal => _state >= State.Abandoned;

    public override bool IsSettled => _state >= State.Completed;

    public override bool CancelledBeforeSent => _cancelledBeforeSent;

    public void Cancel(WorkflowCommand cancelCommand)
    {
        // A second cancel, or one that comes after the result, has nothing to do.
        if (_state is not (State.ScheduleCommandCreated or State.ScheduledEventRecorded or State.Started))
        {
            return;
        }

        _cancelCommand = cancelCommand;
        Fire(_cancellation is ActivityCancellationType.Abandon ? Trigger.Abandon : Trigger.Cancel);
    }

    public override void CommandPrepared() => Fire(Trigger.CommandPrepared);

    public override void Apply(HistoryEvent historyEvent)
    {
        _event = historyEvent;
        switch (historyEvent.EventType)
        {
            case EventType.ActivityTaskScheduled:
                CheckScheduled(historyEvent.ActivityTaskScheduledEventAttributes);
                _scheduledId = historyEvent.EventId;
                Fire(Trigger.Scheduled);
                break;
            case EventType.ActivityTaskStarted:
                Fire(Trigger.Started);
                break;
            case EventType.ActivityTaskCompleted:
                Fire(Trigger.Completed);
                break;
            case EventType.ActivityTaskFailed:
                Fire(Trigger.Failed);
                break;
            case EventType.ActivityTaskTimedOut:
                Fire(Trigger.TimedOut);
                break;
            case EventType.ActivityTaskCancelRequested:
                Fire(Trigger.CancelRequested);
                break;
            case EventType.ActivityTaskCanceled:
                Fire(Trigger.Canceled);
                break;
            default:
                throw DoesNotHandle(historyEvent);
        }

        _event = null;
    }

    private void CheckScheduled(ActivityTaskScheduledEventAttributes recorded)
    {
        if (!Run.ChecksIdsAndTypes(record: Run.TaskIsLastInHistory))
        {
            return;
        }

        if (recorded.ActivityId != _id)
        {
            throw new NondeterminismException(
                $"Activity id of scheduled event '{recorded.ActivityId}' does not match activity id of activity command '{_id}'");
        }

        if (recorded.ActivityType?.Name != _type)
        {
            throw new NondeterminismException(
                $"Activity type of scheduled event '{recorded.ActivityType?.Name}' does not match activity type of activity command '{_type}'");
        }
    }

    private void Withdraw()
    {
        _cancelledBeforeSent = true;
        ResolveCancelled(null);
    }

    private void IssueCancel()
    {
        Run.AddCommand(
            this,
            new()
            {
                CommandType = CommandType.RequestCancelActivityTask,
                RequestCancelActivityTaskCommandAttributes = new() { ScheduledEventId = _scheduledId },
            },
            _cancelCommand);
        if (_cancellation is ActivityCancellationType.TryCancel)
        {
            ResolveCancelled(null);
        }
    }

    // With TRY_CANCEL the workflow was told when it asked, so what becomes of the activity is of no interest.
    private void AfterCancel(Action<ActivityMachine> resolve)
    {
        if (_cancellation is ActivityCancellationType.WaitCancellationCompleted)
        {
            resolve(this);
        }
    }

    private void ResolveCompleted()
    {
        var result = _event!.ActivityTaskCompletedEventAttributes.Result;
        Resolve(new() { Completed = new() { Result = result is { Payloads_.Count: > 0 } ? result.Payloads_[0] : null } });
    }

    private void ResolveFailed()
    {
        var attributes = _event!.ActivityTaskFailedEventAttributes;
        Resolve(Failed("Activity task failed", attributes.Failure, attributes.Identity, attributes.ScheduledEventId, attributes.StartedEventId, attributes.RetryState));
    }

    private void ResolveTimedOut()
    {
        var attributes = _event!.ActivityTaskTimedOutEventAttributes;
        Resolve(Failed("Activity task timed out", attributes.Failure, string.Empty, attributes.ScheduledEventId, attributes.StartedEventId, attributes.RetryState));
    }

    // Event ids only if an event says so: a replay knows more events at this point than the first run did.
    private void ResolveCancelled(ActivityTaskCanceledEventAttributes? attributes) => Resolve(new()
    {
        Cancelled = new()
        {
            Failure = new()
            {
                Message = "Activity cancelled",
                Cause = new() { CanceledFailureInfo = new() { Details = attributes?.Details } },
                ActivityFailureInfo = Info(
                    attributes?.Identity ?? string.Empty, attributes?.ScheduledEventId ?? 0, attributes?.StartedEventId ?? 0, RetryState.CancelRequested),
            },
        },
    });

    private ActivityResolution Failed(string message, Api.Failure.V1.Failure? cause, string identity, long scheduledId, long startedId, RetryState retryState) => new()
    {
        Failed = new() { Failure_ = new() { Message = message, Cause = cause, ActivityFailureInfo = Info(identity, scheduledId, startedId, retryState) } },
    };

    private ActivityFailureInfo Info(string identity, long scheduledId, long startedId, RetryState retryState) => new()
    {
        ActivityId = _id,
        ActivityType = new() { Name = _type },
        ScheduledEventId = scheduledId,
        StartedEventId = startedId,
        Identity = identity,
        RetryState = retryState,
    };

    private void Resolve(ActivityResolution resolution) =>
        Run.AddJob(this, new() { ResolveActivity = new() { Seq = _seq, Result = resolution } });

    private void Fire(Trigger trigger) => Table.Fire(this, ref _state, trigger);
}
