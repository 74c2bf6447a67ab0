using System.Diagnostics;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Bridge.Api.CoreInterface;
using Temporalio.Rpc;
using Temporalio.Worker.Core.Polling;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Core.Activities;

/// <summary>The activities of a worker, from the task to the report.</summary>
internal sealed partial class ActivityTasks(
    CoreWorkerOptions options, CoreHost host, RpcCaller rpc, WorkerIdentity identity, ActivityFeed feed, ILogger logger)
{
    // What a timer of the platform can do.
    private static readonly TimeSpan s_longestGrace = TimeSpan.FromDays(49);

    private readonly Lock _gate = new();
    private readonly Dictionary<ByteString, ActivityInHand> _inHand = [];
    private readonly SlotSource _slots = SuppliedSlots.Of(
        options.ActivitySlots, options.MaxConcurrentActivities, SlotType.Activity, options, host.TimeProvider, logger);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reporting;
    private bool _shuttingDown;
    private bool _told;
    private bool _closed;

    public SlotSource Slots => _slots;

    /// <summary>A slot for an activity that may come with the answer to a workflow task.</summary>
    public TaskSlot? TryReserve()
    {
        lock (_gate)
        {
            return _shuttingDown ? null : _slots.TryAcquire();
        }
    }

    public void Add(PollActivityTaskQueueResponse response, TaskSlot permit)
    {
        var task = ActivityStarts.Of(response);
        permit.MarkUsed(new SlotInfo.ActivitySlotInfo(task.Start.ActivityType));
        var activity = new ActivityInHand(task.TaskToken, permit, task.Start, options, host.TimeProvider, SendHeartbeatAsync, TimedOut);
        lock (_gate)
        {
            _inHand[task.TaskToken] = activity;
        }

        feed.Add(task);
        bool told;
        lock (_gate)
        {
            activity.IsHandedOut = true;
            told = _told;
        }

        if (told)
        {
            // It came with the answer to a workflow task, in the slot that it had before the shutdown began.
            Stop(activity);
        }
    }

    /// <summary>The same; false if the task is none that can be run. The server will time it out, and the next task comes.</summary>
    public bool TryAdd(PollActivityTaskQueueResponse response, TaskSlot permit)
    {
        try
        {
            Add(response, permit);
            return true;
        }
        catch (Exception e)
        {
            LogNotTaken(e, response.ActivityType?.Name ?? "");
            return false;
        }
    }

    public void Heartbeat(ActivityHeartbeat heartbeat) => Find(heartbeat.TaskToken)?.Heartbeat(heartbeat.Details);

    /// <summary>Reports the end of an activity; of one that the server has closed there is nothing to report.</summary>
    public async Task CompleteAsync(ActivityTaskCompletion completion)
    {
        if (Remove(completion.TaskToken) is not { } activity)
        {
            LogUnknown();
            return;
        }

        try
        {
            await ReportAsync(activity, completion.Result);
        }
        catch (RpcFault fault) when (fault.Code is RpcStatusCode.NotFound)
        {
            LogNotFound(activity.ActivityType);
        }
        catch (RpcFault fault)
        {
            LogNotReported(fault, activity.ActivityType);
        }
        finally
        {
            activity.Permit.Release();
            lock (_gate)
            {
                _reporting--;
            }

            SignalIfIdle();
        }
    }

    /// <summary>After the grace period everything still running is told to stop.</summary>
    public async Task ShutDownAsync()
    {
        lock (_gate)
        {
            _shuttingDown = true;
        }

        if (options.GracefulShutdownPeriod > TimeSpan.Zero)
        {
            var grace = options.GracefulShutdownPeriod < s_longestGrace ? options.GracefulShutdownPeriod : s_longestGrace;
            await Task.WhenAny(_idle.Task, Task.Delay(grace, host.TimeProvider));
        }

        ActivityInHand[] left;
        lock (_gate)
        {
            _told = true;
            left = [.. _inHand.Values.Where(a => a.IsHandedOut)];
        }

        foreach (var activity in left)
        {
            Stop(activity);
        }
    }

    /// <summary>Nothing will be added any more; done when nothing is left in hand and the server knows of every end.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _closed = true;
        }

        SignalIfIdle();
        return _idle.Task;
    }

    private async Task ReportAsync(ActivityInHand activity, ActivityExecutionResult result)
    {
        var details = await activity.EndAsync();
        if (activity.IsClosedByServer)
        {
            return;
        }

        switch (result.StatusCase)
        {
            case ActivityExecutionResult.StatusOneofCase.WillCompleteAsync:
                return;
            case ActivityExecutionResult.StatusOneofCase.Completed:
                await CompletedAsync(activity, result.Completed.Result);
                return;
            case ActivityExecutionResult.StatusOneofCase.Failed:
                await FailedAsync(activity, result.Failed.Failure_);
                return;
            case ActivityExecutionResult.StatusOneofCase.Cancelled when activity.CancelReason is ActivityCancelReason.WorkerShutdown:
                await FailedAsync(activity, ShutdownFailure());
                return;
            case ActivityExecutionResult.StatusOneofCase.Cancelled:
                if (details is not null)
                {
                    await SendHeartbeatAsync(activity, details);
                }

                await CancelledAsync(activity, result.Cancelled.Failure?.CanceledFailureInfo?.Details);
                return;
            default:
                throw new UnreachableException();
        }
    }

#pragma warning disable CS0612 // How a worker without a deployment tells its build.
    private Task CompletedAsync(ActivityInHand activity, Payload? result) => rpc.CallAsync<RespondActivityTaskCompletedResponse>(
        WorkflowServiceMethods.RespondActivityTaskCompleted,
        new RespondActivityTaskCompletedRequest
        {
            Namespace = options.Namespace,
            TaskToken = activity.Token,
            Result = Machines.CommandParts.Payloads(result),
            Identity = identity.Identity,
            WorkerVersion = identity.Stamp,
            DeploymentOptions = identity.Deployment,
        },
        RetryProfile.Call);

    private Task FailedAsync(ActivityInHand activity, Api.Failure.V1.Failure failure) => rpc.CallAsync<RespondActivityTaskFailedResponse>(
        WorkflowServiceMethods.RespondActivityTaskFailed,
        new RespondActivityTaskFailedRequest
        {
            Namespace = options.Namespace,
            TaskToken = activity.Token,
            Failure = failure,
            LastHeartbeatDetails = activity.LastDetails,
            Identity = identity.Identity,
            WorkerVersion = identity.Stamp,
            DeploymentOptions = identity.Deployment,
        },
        RetryProfile.Call);

    private Task CancelledAsync(ActivityInHand activity, Payloads? details) => rpc.CallAsync<RespondActivityTaskCanceledResponse>(
        WorkflowServiceMethods.RespondActivityTaskCanceled,
        new RespondActivityTaskCanceledRequest
        {
            Namespace = options.Namespace,
            TaskToken = activity.Token,
            Details = details,
            Identity = identity.Identity,
            WorkerVersion = identity.Stamp,
            DeploymentOptions = identity.Deployment,
        },
        RetryProfile.Call);
#pragma warning restore CS0612

    private async Task SendHeartbeatAsync(ActivityInHand activity, Payloads? details)
    {
        try
        {
            var response = await rpc.CallAsync<RecordActivityTaskHeartbeatResponse>(
                WorkflowServiceMethods.RecordActivityTaskHeartbeat,
                new RecordActivityTaskHeartbeatRequest
                {
                    Namespace = options.Namespace,
                    TaskToken = activity.Token,
                    Details = details,
                    Identity = identity.Identity,
                },
                RetryProfile.Call);
            activity.HeartbeatTaken();
            var why = new ActivityCancellationDetails
            {
                IsCancelled = response.CancelRequested,
                IsReset = response.ActivityReset,
                IsPaused = response.ActivityPaused,
            };
            if (response.CancelRequested || response.ActivityReset || response.ActivityPaused)
            {
                var reason = response.CancelRequested ? ActivityCancelReason.Cancelled
                    : response.ActivityReset ? ActivityCancelReason.Reset
                    : ActivityCancelReason.Paused;
                Cancel(activity, reason, why);
            }
        }
        catch (RpcFault fault) when (fault.Code is RpcStatusCode.NotFound)
        {
            Cancel(activity, ActivityCancelReason.NotFound, new() { IsNotFound = true });
        }
        catch (Exception fault)
        {
            // Whatever it is: the activity's end must still be reported.
            LogHeartbeatLost(fault, activity.ActivityType);
        }
    }

    private void TimedOut(ActivityInHand activity) =>
        Cancel(activity, ActivityCancelReason.TimedOut, new() { IsNotFound = true, IsTimedOut = true });

    private void Stop(ActivityInHand activity) =>
        Cancel(activity, ActivityCancelReason.WorkerShutdown, new() { IsWorkerShutdown = true });

    private void Cancel(ActivityInHand activity, ActivityCancelReason reason, ActivityCancellationDetails details)
    {
        if (activity.TryCancel(reason))
        {
            feed.Add(new() { TaskToken = activity.Token, Cancel = new() { Reason = reason, Details = details } });
        }
    }

    private static Api.Failure.V1.Failure ShutdownFailure() => new()
    {
        Message = "Worker is shutting down and this activity did not complete in time",
        ApplicationFailureInfo = new() { Type = "WorkerShutdown" },
    };

    private ActivityInHand? Find(ByteString token)
    {
        lock (_gate)
        {
            return _inHand.GetValueOrDefault(token);
        }
    }

    /// <summary>Takes it out of hand to report its end.</summary>
    private ActivityInHand? Remove(ByteString token)
    {
        lock (_gate)
        {
            if (!_inHand.Remove(token, out var activity))
            {
                return null;
            }

            _reporting++;
            return activity;
        }
    }

    private void SignalIfIdle()
    {
        lock (_gate)
        {
            if (!_closed || _inHand.Count + _reporting > 0)
            {
                return;
            }
        }

        _idle.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The task of a {ActivityType} activity cannot be taken.")]
    private partial void LogNotTaken(Exception error, string activityType);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An activity that is not in hand was completed; it may have been completed before.")]
    private partial void LogUnknown();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {ActivityType} activity is not there any more: it may have timed out, or its workflow have ended.")]
    private partial void LogNotFound(string activityType);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of a {ActivityType} activity was not taken by the server.")]
    private partial void LogNotReported(Exception fault, string activityType);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A heartbeat of a {ActivityType} activity was not taken by the server.")]
    private partial void LogHeartbeatLost(Exception fault, string activityType);
}
