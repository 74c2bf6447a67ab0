using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.LocalActivities;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

/// <summary>
/// A local activity: run in this process, or, on replay, resolved by its marker, which the run finds by looking ahead. Nothing goes to
/// the server before the result, which goes as a marker.
/// </summary>
internal sealed class LocalActivityMachine(RunMachines run, ScheduleLocalActivity command, WorkflowCommand annotations, bool replaying) : Machine(run)
{
    // Replay must see the marker whatever the workflow does meanwhile, hence the cancel loops in the waiting states; a workflow task
    // that is not replay proves that there is no marker, and the activity is run for real.
    internal static readonly TransitionTable<LocalActivityMachine, State, Trigger> Table = new(
        "LocalActivity",
        (State.Executing, Trigger.Schedule, State.RequestSent, m => m.RequestExecution()),
        (State.Replaying, Trigger.Schedule, State.WaitingForMarker, null),
        (State.RequestSent, Trigger.Result, State.MarkerCommandCreated, m => m.Resolve(m._result!)),
        (State.RequestSent, Trigger.Cancel, State.RequestSent, m => m.RequestCancel()),
        (State.RequestSent, Trigger.CancelNow, State.MarkerCommandCreated, m => m.ResolveNow()),
        (State.MarkerCommandCreated, Trigger.CommandPrepared, State.ResultNotified, null),
        (State.MarkerCommandCreated, Trigger.Result, State.MarkerCommandCreated, null),
        (State.MarkerCommandCreated, Trigger.Cancel, State.MarkerCommandCreated, m => m.RequestCancel()),
        (State.MarkerCommandCreated, Trigger.CancelNow, State.MarkerCommandCreated, m => m.RequestCancel()),
        (State.ResultNotified, Trigger.MarkerRecorded, State.MarkerRecorded, m => m.VerifyOwnResult()),
        (State.ResultNotified, Trigger.Result, State.ResultNotified, null),
        (State.ResultNotified, Trigger.Cancel, State.ResultNotified, m => m.RequestCancel()),
        (State.ResultNotified, Trigger.CancelNow, State.ResultNotified, m => m.RequestCancel()),
        (State.WaitingForMarker, Trigger.KnownResult, State.ResolvedByMarker, m => m.Resolve(m._result!)),
        (State.WaitingForMarker, Trigger.Cancel, State.WaitingForMarker, m => m.RequestCancel()),
        (State.WaitingForMarker, Trigger.CancelNow, State.WaitingForMarker, m => m.RequestCancel()),
        (State.WaitingForMarker, Trigger.LiveTask, State.RequestSent, m => m.ExecuteAfterAll()),
        (State.ResolvedByMarker, Trigger.Cancel, State.ResolvedByMarker, m => m.RequestCancel()),
        (State.ResolvedByMarker, Trigger.CancelNow, State.ResolvedByMarker, m => m.RequestCancel()),
        (State.ResolvedByMarker, Trigger.MarkerRecorded, State.MarkerRecorded, m => m.VerifyMarker()),
        (State.MarkerRecorded, Trigger.Result, State.MarkerRecorded, null),
        (State.MarkerRecorded, Trigger.Cancel, State.MarkerRecorded, m => m.RequestCancel()),
        (State.MarkerRecorded, Trigger.CancelNow, State.MarkerRecorded, m => m.RequestCancel()));

    private readonly Timestamp? _timeWhenScheduled = run.Time;
    private State _state = replaying ? State.Replaying : State.Executing;
    private bool _replaying = replaying;
    private LocalActivityResult? _result;
    private LocalActivityMarker? _marker;

    internal enum State
    {
        Executing,
        Replaying,
        RequestSent,
        WaitingForMarker,
        ResolvedByMarker,
        MarkerCommandCreated,
        ResultNotified,
        MarkerRecorded,
    }

    internal enum Trigger
    {
        Schedule,
        Result,
        KnownResult,
        Cancel,
        CancelNow,
        CommandPrepared,
        LiveTask,
        MarkerRecorded,
    }

    public override string Name => "Local activity machine";

    public override bool IsFinal => _state is State.MarkerRecorded;

    public uint Seq => command.Seq;

    public bool WaitsForMarker => _state is State.WaitingForMarker;

    public void Schedule() => Fire(Trigger.Schedule);

    /// <summary>Whether the marker's event bypasses the queue of commands, because a marker that resolved by look-ahead has none there.</summary>
    public bool MarkerBypassesCommands() => _state switch
    {
        State.ResolvedByMarker => true,
        State.ResultNotified => false,
        _ => throw new FatalRunException($"Attempted to check for LA marker handling in invalid state {_state}"),
    };

    /// <summary>A result by execution. Its time is the workflow's when it was scheduled, plus how long it ran.</summary>
    public void Resolve(LocalActivityResult result, TimeSpan runtime) =>
        Resolve(Trigger.Result, result with { CompleteTime = _timeWhenScheduled is { } t ? t + Duration.FromTimeSpan(runtime) : null });

    public void ResolveKnown(LocalActivityResult result) => Resolve(Trigger.KnownResult, result);

    public void LiveTaskStarted()
    {
        if (WaitsForMarker)
        {
            Fire(Trigger.LiveTask);
        }
    }

    public void Cancel() =>
        Fire(command.CancellationType is ActivityCancellationType.WaitCancellationCompleted ? Trigger.Cancel : Trigger.CancelNow);

    public override void CommandPrepared() => Fire(Trigger.CommandPrepared);

    public override void Apply(HistoryEvent historyEvent)
    {
        if (historyEvent.EventType is not EventType.MarkerRecorded || !LocalActivityMarker.IsMarker(historyEvent))
        {
            throw new NondeterminismException($"Local activity machine cannot handle this event: {EventText.Of(historyEvent)}");
        }

        _marker = LocalActivityMarker.Read(historyEvent);
        Fire(Trigger.MarkerRecorded);
        _marker = null;
    }

    private void Resolve(Trigger trigger, LocalActivityResult result)
    {
        _result = result;
        Fire(trigger);
    }

    private void RequestExecution() => Run.LocalActivities.Enqueue(command);

    private void ExecuteAfterAll()
    {
        _replaying = false;
        RequestExecution();
    }

    // Asked for even when the result is known: a failed activity may still be backing off in this process, or its marker may lie in
    // the queue of those found by looking ahead.
    private void RequestCancel() => Run.CancelLocalActivity(this);

    private void ResolveNow()
    {
        if (command.CancellationType is ActivityCancellationType.TryCancel)
        {
            Run.RequestLocalActivityCancel(Seq);
        }

        // No completion time: a cancellation does not move the workflow's clock.
        _result = LocalActivityResult.Cancelled(command.Attempt, command.OriginalScheduleTime);
        Resolve(_result);
    }

    private void Resolve(LocalActivityResult result)
    {
        Run.AddJob(this, new() { ResolveActivity = new() { Seq = Seq, Result = LocalActivityResolution.Of(result, command), IsLocal = true } });
        if (result.CompleteTime is { } time)
        {
            Run.AdvanceTime(time);
        }

        if (result.Outcome is LocalActivityOutcome.Cancelled or LocalActivityOutcome.TimedOut
            && command.CancellationType is ActivityCancellationType.Abandon)
        {
            // Nobody waits for it any more, so it must not hold the workflow task open.
            Run.LocalActivities.Done(Seq);
        }

        if (!_replaying)
        {
            var marker = new LocalActivityMarker(
                new()
                {
                    Seq = Seq,
                    Attempt = result.Attempt,
                    ActivityId = command.ActivityId,
                    ActivityType = command.ActivityType,
                    CompleteTime = result.CompleteTime,
                    Backoff = result.Backoff,
                    OriginalScheduleTime = result.OriginalScheduleTime,
                },
                result.Outcome is LocalActivityOutcome.Completed ? result.Value : null,
                result.Failure);
            Run.AddCommand(this, marker.ToCommand(command.IncludeArgumentsIntoMarker ? command.Arguments : null), annotations);
        }
    }

    private void VerifyOwnResult()
    {
        if (_result!.Outcome is LocalActivityOutcome.Completed && _marker!.Failure is not null)
        {
            throw new NondeterminismException($"Local activity (seq {Seq}) completed successfully locally, but history said it failed!");
        }

        if (_result.Outcome is LocalActivityOutcome.Failed or LocalActivityOutcome.TimedOut && _marker!.Failure is null)
        {
            throw new NondeterminismException($"Local activity (seq {Seq}) failed locally, but history said it completed!");
        }

        VerifyMarker();
    }

    private void VerifyMarker()
    {
        var data = _marker!.Data;
        if (data.Seq != Seq)
        {
            throw new NondeterminismException(
                $"Local activity marker data has sequence number {data.Seq} but matched against LA command with sequence number {Seq}");
        }

        // Whether it was replaying when it was asked for, since a marker is always seen on replay.
        if (!Run.ChecksIdsAndTypes(record: !_replaying))
        {
            return;
        }

        if (data.ActivityId != command.ActivityId)
        {
            throw new NondeterminismException(
                $"Activity id of recorded marker '{data.ActivityId}' does not match activity id of local activity command '{command.ActivityId}'");
        }

        if (data.ActivityType != command.ActivityType)
        {
            throw new NondeterminismException(
                $"Activity type of recorded marker '{data.ActivityType}' does not match activity type of local activity command '{command.ActivityType}'");
        }
    }

    private void Fire(Trigger trigger) => Table.Fire(this, ref _state, trigger);
}
