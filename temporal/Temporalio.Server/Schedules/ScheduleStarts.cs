using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Closing;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Frontend;
using Temporalio.Server.Store;

namespace Temporalio.Server.Schedules;

/// <summary>The workflows of a schedule: asked for after the commit, confirmed by a message, watched until their chain ends.</summary>
internal static class ScheduleStarts
{
    private const int MaxRecent = 10;

    public static void Send(RunStep step, ScheduledStart start)
    {
        var (key, runId, schedule) = (step.Run.Workflow, step.Run.RunId, step.Run.Schedule!);
        if (schedule.Definition.Action?.StartWorkflow is not { } action)
        {
            step.Actor.Send(key, new ActorNotice(actor => Confirm(actor, runId, start.RequestId, "", null)) { RunId = runId });
            return;
        }

        var request = Request(key.Namespace, schedule, action, start);
        step.Actor.AfterCommit(new Afterwards(engine => engine.InBackgroundUntilDone(() => StartAsync(engine, key, runId, request, start))));
    }

    /// <summary>Takes up, after a restart, what was asked for and what runs.</summary>
    public static void Resume(RunStep step)
    {
        var schedule = step.Run.Schedule!;
        foreach (var start in schedule.Starts.Where(s => s.Sent))
        {
            Send(step, start);
        }

        foreach (var running in schedule.Info.RunningWorkflows)
        {
            Watch(step, running);
        }
    }

    /// <summary>Makes room for another start.</summary>
    public static void Stop(RunStep step, WorkflowExecution running, ScheduleOverlapPolicy policy)
    {
        var reason = policy == ScheduleOverlapPolicy.CancelOther ? "cancelled by schedule overlap policy" : "terminated by schedule overlap policy";
        var identity = IdentityOf(step.Run.Workflow.Namespace, step.Run.Schedule!);
        step.Actor.Send(new WorkflowKey(step.Run.Workflow.Namespace, running.WorkflowId), new ActorNotice(actor =>
        {
            if (actor.Current is not { Run.IsOpen: true } current || current.Run.Info.Start.FirstExecutionRunId != running.RunId)
            {
                return;
            }

            if (policy == ScheduleOverlapPolicy.CancelOther)
            {
                Cancellation.Request(current, new() { Cause = reason, Identity = identity }, "");
            }
            else
            {
                RunClose.Terminate(current, reason, null, identity);
            }
        }));
    }

    private static string IdentityOf(string ns, ScheduleState schedule) => $"temporal-scheduler-{ns}-{schedule.ScheduleId}";

    private static StartWorkflowExecutionRequest Request(string ns, ScheduleState schedule, NewWorkflowExecutionInfo action, ScheduledStart start)
    {
        var nominal = start.Nominal.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var attributes = action.SearchAttributes?.Clone() ?? new SearchAttributes();
        attributes.IndexedFields["TemporalScheduledById"] = SearchAttributeValues.Of(schedule.ScheduleId, IndexedValueType.Keyword);
        attributes.IndexedFields["TemporalScheduledStartTime"] = SearchAttributeValues.Of(nominal, IndexedValueType.Datetime);
        return new StartWorkflowExecutionRequest
        {
            Namespace = ns,
            WorkflowId = $"{action.WorkflowId}-{nominal}",
            WorkflowType = action.WorkflowType,
            TaskQueue = action.TaskQueue,
            Input = action.Input,
            WorkflowExecutionTimeout = action.WorkflowExecutionTimeout,
            WorkflowRunTimeout = action.WorkflowRunTimeout,
            WorkflowTaskTimeout = action.WorkflowTaskTimeout,
            Identity = IdentityOf(ns, schedule),
            RequestId = start.RequestId,
            WorkflowIdReusePolicy = WorkflowIdReusePolicy.AllowDuplicate,
            RetryPolicy = action.RetryPolicy,
            Memo = action.Memo,
            SearchAttributes = attributes,
            Header = action.Header,
            UserMetadata = action.UserMetadata,
            Priority = action.Priority,
            LastCompletionResult = schedule.LastResult,
            ContinuedFailure = schedule.LastFailure,
        };
    }

    private static async Task StartAsync(Engine engine, WorkflowKey key, string runId, StartWorkflowExecutionRequest request, ScheduledStart start)
    {
        string? started = null;
        try
        {
            StartRequests.Check(engine, request);
            var target = new WorkflowKey(key.Namespace, request.WorkflowId);
            started = await EarlierAsync(engine, target, request.RequestId)
                ?? (await engine.Actors.CallAsync(target, "", actor => StartWorkflowExecutionHandler.Start(actor, request).Response)).RunId;
        }
        catch (RpcFault fault) when (fault.Code is not (RpcStatusCode.Unavailable or RpcStatusCode.ResourceExhausted or RpcStatusCode.DeadlineExceeded or RpcStatusCode.Internal))
        {
            // Refused for good: the schedule goes on without it.
        }

        // Waited for: a notice that finds the store away would be lost.
        await engine.Actors.CallAsync(key, runId, actor =>
        {
            Confirm(actor, runId, start.RequestId, request.WorkflowId, started);
            return true;
        });
    }

    // A start whose outcome nobody knew is asked for once more, and its workflow may have gone on in other runs since: these do not know
    // the request. Without this look they would be taken for somebody else's, or started again.
    private static async Task<string?> EarlierAsync(Engine engine, WorkflowKey target, string requestId)
    {
        var first = await engine.Actors.CallAsync(target, "", actor => actor.Current?.Run.Info.Start.FirstExecutionRunId ?? "");
        return first.Length > 0 && await engine.Actors.CallAsync(target, first, actor => actor.Find(first)?.Run.Info.RequestId == requestId) ? first : null;
    }

    // At the schedule.
    private static void Confirm(ActorStep actor, string runId, string requestId, string workflowId, string? startedRunId)
    {
        if (actor.Find(runId) is not { Run: { IsOpen: true, Schedule: { } schedule } } step || schedule.Starts.Find(s => s.RequestId == requestId) is not { } start)
        {
            return;
        }

        schedule.Starts.Remove(start);
        if (startedRunId is not null)
        {
            var execution = new WorkflowExecution { WorkflowId = workflowId, RunId = startedRunId };
            schedule.Info.ActionCount++;
            schedule.Info.RecentActions.Add(new ScheduleActionResult
            {
                ScheduleTime = start.Nominal.ToProto(),
                ActualTime = step.Now.ToProto(),
                StartWorkflowResult = execution,
                StartWorkflowStatus = WorkflowExecutionStatus.Running,
            });
            while (schedule.Info.RecentActions.Count > MaxRecent)
            {
                schedule.Info.RecentActions.RemoveAt(0);
            }

            if (start.Overlap != ScheduleOverlapPolicy.AllowAll)
            {
                schedule.Info.RunningWorkflows.Add(execution);
                Watch(step, execution);
            }
        }

        ScheduleRunner.Drain(step);
    }

    private static void Watch(RunStep step, WorkflowExecution running)
    {
        var (key, runId) = (step.Run.Workflow, step.Run.RunId);
        step.Actor.AfterCommit(new Afterwards(engine => engine.InBackgroundUntilDone(() => WatchAsync(engine, key, runId, running))));
    }

    private static async Task WatchAsync(Engine engine, WorkflowKey key, string scheduleRunId, WorkflowExecution running)
    {
        var target = new WorkflowKey(key.Namespace, running.WorkflowId);
        var runId = running.RunId;
        while (true)
        {
            var view = await engine.Actors.CallAsync(target, runId, actor =>
            {
                if (actor.Find(runId) is not { } step)
                {
                    return (WorkflowExecutionStatus.Terminated, "", 0L, (HistoryWaiter?)null);
                }

                if (!step.Run.IsOpen)
                {
                    return (step.Run.Info.Status, step.Run.Info.NewRunId, step.Run.Log.NextEventId - 1, null);
                }

                var waiter = new HistoryWaiter(0, closeOnly: true);
                step.Run.Waiters.Add(waiter);
                return (WorkflowExecutionStatus.Running, "", 0L, waiter);
            });
            var (status, next, lastEventId, wait) = view;
            if (wait is not null)
            {
                await wait.Reached;
                continue;
            }

            if (next.Length > 0)
            {
                runId = next;
                continue;
            }

            var closing = lastEventId > 0 ? await HistoryReader.ReadEventAsync(engine, target, runId, lastEventId, CancellationToken.None) : null;
            var result = closing?.WorkflowExecutionCompletedEventAttributes?.Result;
            var failure = closing?.WorkflowExecutionFailedEventAttributes?.Failure ?? (status == WorkflowExecutionStatus.TimedOut ? TimedOut() : null);
            await engine.Actors.CallAsync(key, scheduleRunId, actor =>
            {
                Ended(actor, scheduleRunId, running, status, result, failure);
                return true;
            });
            return;
        }
    }

    private static Failure TimedOut() => new() { Message = "workflow timeout", Source = "Server", TimeoutFailureInfo = new() { TimeoutType = TimeoutType.StartToClose } };

    private static void Ended(ActorStep actor, string runId, WorkflowExecution running, WorkflowExecutionStatus status, Payloads? result, Failure? failure)
    {
        if (actor.Find(runId) is not { Run: { IsOpen: true, Schedule: { } schedule } } step || !schedule.Info.RunningWorkflows.Remove(running))
        {
            return;
        }

        foreach (var action in schedule.Info.RecentActions)
        {
            if (action.StartWorkflowResult.Equals(running))
            {
                action.StartWorkflowStatus = status;
            }
        }

        if (status == WorkflowExecutionStatus.Completed)
        {
            schedule.LastResult = result;
            schedule.LastFailure = null;
        }
        else if (failure is not null)
        {
            schedule.LastFailure = failure;
            if (schedule.Definition.Policies.PauseOnFailure)
            {
                ScheduleChanges.SetPaused(step, true, $"paused due to workflow {(status == WorkflowExecutionStatus.TimedOut ? "timeout" : "failure")}: {running.WorkflowId}: {failure.Message}");
            }
        }

        ScheduleRunner.Drain(step);
    }
}
