using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;
using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Bridge.Api.CoreInterface;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Activities;
using Temporalio.Worker.Core.Polling;
using Temporalio.Worker.Core.Runs;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Core.LocalActivities;

/// <summary>
/// Runs local activities: their slots, time-outs, retries and cancellations. Results go to the runs through
/// <paramref name="resolve"/>, each once.
/// </summary>
internal sealed class LocalActivityManager(
    CoreWorkerOptions options, CoreHost host, ActivityFeed feed, Action<string, LocalActivityResolved> resolve) : ILocalActivities
{
    // What a timer of the platform can do.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(49);
    private static readonly byte[] s_tokenPrefix = Encoding.ASCII.GetBytes("local_act_");

    private readonly Lock _gate = new();
    private readonly SlotSource _slots = SuppliedSlots.Of(
        options.LocalActivitySlots, options.MaxConcurrentLocalActivities, SlotType.LocalActivity, options, host.TimeProvider, host.LoggerFactory.CreateLogger("Temporalio.Worker.Core"));
    private readonly Dictionary<(string RunId, uint Seq), LocalActivityRun> _runs = [];
    private readonly Dictionary<ByteString, LocalActivityRun> _byToken = [];
    private long _lastToken;

    public static bool IsLocal(ByteString token) => token.Span.StartsWith(s_tokenPrefix);

    public IReadOnlyList<LocalActivityResolved> Submit(RunMachines run, LocalActivityRequests requests)
    {
        if (requests.CancelAll)
        {
            CancelAllIn(run.RunId);
            return [];
        }

        var immediate = new List<LocalActivityResolved>();
        lock (_gate)
        {
            foreach (var seq in requests.Cancel)
            {
                if (_runs.TryGetValue((run.RunId, seq), out var activity) && CancelNeedsLock(activity) is { } resolved)
                {
                    immediate.Add(resolved);
                }
            }

            foreach (var command in requests.Start)
            {
                if (StartNeedsLock(run, command) is { } resolved)
                {
                    immediate.Add(resolved);
                }
            }
        }

        return immediate;
    }

    public void TaskCompleted(string runId)
    {
    }

    public void CancelAllIn(string runId)
    {
        List<LocalActivityResolved> resolved = [];
        lock (_gate)
        {
            foreach (var activity in InRun(runId))
            {
                if (CancelNeedsLock(activity) is { } done)
                {
                    resolved.Add(done);
                }
            }
        }

        resolved.ForEach(r => resolve(runId, r));
    }

    public void Invalidate(string runId)
    {
        lock (_gate)
        {
            foreach (var activity in InRun(runId))
            {
                activity.IsDropped = true;
                CancelNeedsLock(activity);
            }
        }
    }

    /// <summary>An attempt has ended; one that is not running any more is ignored.</summary>
    public void Complete(ActivityTaskCompletion completion)
    {
        LocalActivityRun activity;
        LocalActivityResolved? resolved;
        lock (_gate)
        {
            if (!_byToken.TryGetValue(completion.TaskToken, out activity!))
            {
                return;
            }

            resolved = AttemptEndedNeedsLock(activity, Result(completion.Result));
        }

        Tell(activity, resolved);
    }

    private static LocalActivityResult Result(ActivityExecutionResult result) => result.StatusCase switch
    {
        ActivityExecutionResult.StatusOneofCase.Completed => new() { Outcome = LocalActivityOutcome.Completed, Value = result.Completed.Result },
        ActivityExecutionResult.StatusOneofCase.Failed => new() { Outcome = LocalActivityOutcome.Failed, Failure = result.Failed.Failure_ },
        ActivityExecutionResult.StatusOneofCase.Cancelled => new() { Outcome = LocalActivityOutcome.Cancelled, Failure = result.Cancelled.Failure },
        _ => new()
        {
            Outcome = LocalActivityOutcome.Failed,
            Failure = RunFailures.Application("Local activities cannot be completed asynchronously", nonRetryable: true),
        },
    };

    private static LocalActivityResult TimedOut(TimeoutType type) => new()
    {
        Outcome = LocalActivityOutcome.TimedOut,
        Failure = new() { Message = "Activity timed out", TimeoutFailureInfo = new() { TimeoutType = type } },
    };

    private LocalActivityRun[] InRun(string runId) => [.. _runs.Values.Where(a => a.RunId == runId)];

    private LocalActivityResolved? StartNeedsLock(RunMachines run, ScheduleLocalActivity command)
    {
        var activity = new LocalActivityRun(run.RunId, run.WorkflowId, run.WorkflowType, command, host.TimeProvider.GetTimestamp());
        _runs[(run.RunId, command.Seq)] = activity;
        if (command.ScheduleToCloseTimeout is { } toClose)
        {
            var left = toClose.ToTimeSpan() - (host.TimeProvider.GetUtcNow() - command.OriginalScheduleTime.ToDateTimeOffset());
            if (left <= TimeSpan.Zero)
            {
                return EndNeedsLock(activity, TimedOut(TimeoutType.ScheduleToClose));
            }

            activity.ScheduleToClose = Timer(left, () => Expire(activity, TimeoutType.ScheduleToClose));
        }

        if (command.ScheduleToStartTimeout is { } toStart)
        {
            activity.ScheduleToStart = Timer(toStart.ToTimeSpan(), () => Expire(activity, TimeoutType.ScheduleToStart));
        }

        QueueNeedsLock(activity);
        return null;
    }

    private void QueueNeedsLock(LocalActivityRun activity)
    {
        activity.Stage = LocalActivityStage.Queued;
        if (_slots.TryAcquire() is { } permit)
        {
            DispatchNeedsLock(activity, permit);
        }
        else
        {
            _ = WaitForSlotAsync(activity);
        }
    }

    private async Task WaitForSlotAsync(LocalActivityRun activity)
    {
        var permit = await _slots.AcquireAsync(isSticky: false, CancellationToken.None);
        lock (_gate)
        {
            if (activity.Stage is LocalActivityStage.Queued)
            {
                DispatchNeedsLock(activity, permit!);
                return;
            }
        }

        permit!.Release();
    }

    private void DispatchNeedsLock(LocalActivityRun activity, TaskSlot permit)
    {
        var command = activity.Command;
        var now = Timestamp.FromDateTimeOffset(host.TimeProvider.GetUtcNow());
        activity.Stage = LocalActivityStage.Running;
        activity.Permit = permit;
        permit.MarkUsed(new SlotInfo.LocalActivitySlotInfo(command.ActivityType));
        activity.CancelTold = false;
        activity.ScheduleToStart?.Dispose();
        activity.Token = ByteString.CopyFrom([.. s_tokenPrefix, .. Encoding.ASCII.GetBytes((++_lastToken).ToString())]);
        _byToken[activity.Token] = activity;
        var limit = command.StartToCloseTimeout ?? command.ScheduleToCloseTimeout;
        if (limit is not null)
        {
            activity.StartToClose = Timer(limit.ToTimeSpan(), () => Expire(activity, TimeoutType.StartToClose));
        }

        var start = new Start
        {
            WorkflowNamespace = options.Namespace,
            WorkflowType = activity.WorkflowType,
            WorkflowExecution = new() { WorkflowId = activity.WorkflowId, RunId = activity.RunId },
            ActivityId = command.ActivityId,
            ActivityType = command.ActivityType,
            ScheduledTime = command.OriginalScheduleTime,
            CurrentAttemptScheduledTime = now,
            StartedTime = now,
            Attempt = activity.Attempt,
            ScheduleToCloseTimeout = command.ScheduleToCloseTimeout ?? new(),
            StartToCloseTimeout = limit,
            RetryPolicy = command.RetryPolicy,
            Priority = new(),
            IsLocal = true,
        };

        // Each attempt decodes its arguments in place, so each gets its own.
        start.Input.Add(command.Arguments.Clone());
        start.HeaderFields.Add(command.Headers.Clone());
        feed.Add(new() { TaskToken = activity.Token, Start = start });
    }

    private void Expire(LocalActivityRun activity, TimeoutType type)
    {
        LocalActivityResolved? resolved;
        lock (_gate)
        {
            if (activity.Stage is LocalActivityStage.Ended || (type is TimeoutType.StartToClose && activity.Stage is not LocalActivityStage.Running))
            {
                return;
            }

            if (activity.Stage is LocalActivityStage.Running)
            {
                TellCancelNeedsLock(activity, ActivityCancelReason.TimedOut, new() { IsTimedOut = true });
            }

            resolved = type is TimeoutType.StartToClose
                ? AttemptEndedNeedsLock(activity, TimedOut(type))
                : EndNeedsLock(activity, TimedOut(type));
        }

        Tell(activity, resolved);
    }

    private LocalActivityResolved? AttemptEndedNeedsLock(LocalActivityRun activity, LocalActivityResult result)
    {
        // What was asked to stop, or belongs to a run that is gone, is not tried again, however the attempt ended.
        if (result.Outcome is LocalActivityOutcome.Completed or LocalActivityOutcome.Cancelled || activity.IsCancelRequested || activity.IsDropped
            || (activity.CancelTold && result.Outcome is LocalActivityOutcome.Failed))
        {
            return EndNeedsLock(activity, result);
        }

        if (LocalRetry.Next(activity.Command.RetryPolicy, activity.Attempt, result.Failure) is not { } wait)
        {
            return EndNeedsLock(activity, result);
        }

        if (wait > activity.Command.LocalRetryThreshold.ToTimeSpan())
        {
            return EndNeedsLock(activity, result with { Backoff = Duration.FromTimeSpan(wait) });
        }

        LeaveAttemptNeedsLock(activity);
        activity.Attempt++;
        activity.Stage = LocalActivityStage.BackingOff;
        activity.Backoff = Timer(wait, () => TryAgain(activity));
        return null;
    }

    private void TryAgain(LocalActivityRun activity)
    {
        lock (_gate)
        {
            if (activity.Stage is LocalActivityStage.BackingOff)
            {
                QueueNeedsLock(activity);
            }
        }
    }

    /// <summary>Asks a running attempt to stop, and ends at once what is not running.</summary>
    private LocalActivityResolved? CancelNeedsLock(LocalActivityRun activity)
    {
        activity.IsCancelRequested = true;
        switch (activity.Stage)
        {
            case LocalActivityStage.Running:
                TellCancelNeedsLock(activity, ActivityCancelReason.Cancelled, new() { IsCancelled = true });
                return null;
            case LocalActivityStage.Queued or LocalActivityStage.BackingOff:
                return EndNeedsLock(activity, LocalActivityResult.Cancelled(activity.Attempt, activity.Command.OriginalScheduleTime));
            default:
                return null;
        }
    }

    private void TellCancelNeedsLock(LocalActivityRun activity, ActivityCancelReason reason, ActivityCancellationDetails details)
    {
        if (!activity.CancelTold)
        {
            activity.CancelTold = true;
            feed.Add(new() { TaskToken = activity.Token, Cancel = new() { Reason = reason, Details = details } });
        }
    }

    private LocalActivityResolved EndNeedsLock(LocalActivityRun activity, LocalActivityResult result)
    {
        LeaveAttemptNeedsLock(activity);
        activity.Stage = LocalActivityStage.Ended;
        activity.Dispose();
        if (_runs.GetValueOrDefault((activity.RunId, activity.Command.Seq)) == activity)
        {
            // Else it is that of the same run begun anew, which has asked for it again.
            _runs.Remove((activity.RunId, activity.Command.Seq));
        }

        return new(
            activity.Command.Seq,
            result with { Attempt = activity.Attempt, OriginalScheduleTime = activity.Command.OriginalScheduleTime },
            host.TimeProvider.GetElapsedTime(activity.ScheduledAt));
    }

    private void LeaveAttemptNeedsLock(LocalActivityRun activity)
    {
        _byToken.Remove(activity.Token);
        activity.Permit?.Release();
        activity.Permit = null;
        activity.StartToClose?.Dispose();
    }

    private void Tell(LocalActivityRun activity, LocalActivityResolved? resolved)
    {
        if (resolved is not null && !activity.IsDropped)
        {
            resolve(activity.RunId, resolved);
        }
    }

    private ITimer Timer(TimeSpan due, Action callback) =>
        host.TimeProvider.CreateTimer(
            static c => ((Action)c!)(), callback, TimeSpan.FromTicks(Math.Clamp(due.Ticks, 0, s_longestTimer.Ticks)), Timeout.InfiniteTimeSpan);
}
