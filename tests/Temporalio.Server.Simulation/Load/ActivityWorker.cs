using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Checks;
using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Simulation.Storage;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Runs activities by their plan: they fail, hang, heartbeat and answer late.</summary>
internal sealed class ActivityWorker(Simulator simulator, Caller caller, FaultPlan faults, Ledger ledger, HashSet<string> attempts, string identity)
{
    private static readonly TimeSpan s_pollTimeout = TimeSpan.FromSeconds(70);

    public void Start(int pollers)
    {
        for (var i = 0; i < pollers; i++)
        {
            caller.Process.Start(identity, PollAsync);
        }
    }

    private async Task PollAsync()
    {
        while (true)
        {
            try
            {
                var task = await caller.CallAsync<PollActivityTaskQueueResponse>(
                    new PollActivityTaskQueueRequest { Namespace = WorkflowWorker.Namespace, TaskQueue = new() { Name = ScriptedWorkflow.ActivityQueue }, Identity = identity },
                    s_pollTimeout);
                if (!task.TaskToken.IsEmpty)
                {
                    await RunAsync(task);
                }
            }
            catch (RpcFault fault) when (fault.Code is RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded)
            {
                await caller.Process.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private async Task RunAsync(PollActivityTaskQueueResponse task)
    {
        var workflow = new WorkflowKey(WorkflowWorker.Namespace, task.WorkflowExecution.WorkflowId);
        var runId = task.WorkflowExecution.RunId;
        var plan = ActivityPlan.Decode(ScriptedWorkflow.Text(task.Input));
        ledger.Require(workflow, runId, $"activity {task.ActivityId} of run {runId}", e => e.ActivityTaskScheduledEventAttributes?.ActivityId == task.ActivityId);
        if ((plan.MaximumAttempts > 0 && task.Attempt > plan.MaximumAttempts) || !attempts.Add($"{runId}/{task.ActivityId}/{task.Attempt}"))
        {
            simulator.Fail($"{workflow.WorkflowId}: attempt {task.Attempt} of activity {task.ActivityId} is handed out again, or more than {plan.MaximumAttempts} are");
        }

        if (faults.Strikes(faults.LostWorker) || (plan.HangsFirst && task.Attempt == 1))
        {
            return;
        }

        try
        {
            await WorkAsync(task, plan);
        }
        catch (RpcFault fault) when (fault.Code is RpcStatusCode.NotFound or RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded)
        {
            // Timed out on the server, or cut off: it will be tried again.
        }
    }

    private async Task WorkAsync(PollActivityTaskQueueResponse task, ActivityPlan plan)
    {
        for (var i = 0; i < plan.Heartbeats; i++)
        {
            await caller.Process.Delay(caller.Process.Random.Between(TimeSpan.Zero, ScriptedWorkflow.HeartbeatTimeout * 0.6));
            await caller.InsistAsync<RecordActivityTaskHeartbeatResponse>(
                new RecordActivityTaskHeartbeatRequest { Namespace = WorkflowWorker.Namespace, TaskToken = task.TaskToken, Details = ScriptedWorkflow.Text($"{i}") }, 3);
        }

        await caller.Process.Delay(caller.Process.Random.Between(
            TimeSpan.Zero, faults.Strikes(faults.SlowWorker) ? ScriptedWorkflow.ActivityTimeout * 1.5 : TimeSpan.FromMilliseconds(100)));
        var workflow = new WorkflowKey(WorkflowWorker.Namespace, task.WorkflowExecution.WorkflowId);
        if (task.Attempt <= plan.Failures)
        {
            await caller.InsistAsync<RespondActivityTaskFailedResponse>(Failed(task.TaskToken, task.ActivityId), 3);
            return;
        }

        await caller.InsistAsync<RespondActivityTaskCompletedResponse>(
            new RespondActivityTaskCompletedRequest { Namespace = WorkflowWorker.Namespace, TaskToken = task.TaskToken, Identity = identity, Result = Result(task.ActivityId) }, 3);
        ledger.Require(
            workflow,
            task.WorkflowExecution.RunId,
            $"the result of activity {task.ActivityId} of run {task.WorkflowExecution.RunId}",
            e => e.ActivityTaskCompletedEventAttributes is { } done && done.Result.Equals(Result(task.ActivityId)));
    }

    private static Api.Common.V1.Payloads Result(string activityId) => ScriptedWorkflow.Text($"result of {activityId}");

    private RespondActivityTaskFailedRequest Failed(ByteString token, string activityId) => new()
    {
        Namespace = WorkflowWorker.Namespace,
        TaskToken = token,
        Identity = identity,
        Failure = new() { Message = $"{activityId} fails by plan", ApplicationFailureInfo = new() { Type = "planned" } },
    };
}
