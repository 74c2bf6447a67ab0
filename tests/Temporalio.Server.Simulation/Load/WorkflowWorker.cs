using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Checks;
using Temporalio.Server.Simulation.Storage;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Polls workflow tasks and answers them with what the script says, sometimes late, sometimes never, sometimes with a failure.</summary>
internal sealed class WorkflowWorker(Caller caller, FaultPlan faults, Ledger ledger, IReadOnlyDictionary<string, Script> scripts, string identity)
{
    public const string Queue = "workflows";
    public const string Namespace = "default";
    private static readonly TimeSpan s_pollTimeout = TimeSpan.FromSeconds(70);
    private static readonly TimeSpan s_taskTimeout = TimeSpan.FromSeconds(10);

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
                var task = await caller.CallAsync<PollWorkflowTaskQueueResponse>(
                    new PollWorkflowTaskQueueRequest { Namespace = Namespace, TaskQueue = new() { Name = Queue }, Identity = identity }, s_pollTimeout);
                if (!task.TaskToken.IsEmpty)
                {
                    await AnswerAsync(task);
                }
            }
            catch (RpcFault fault) when (fault.Code is RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded)
            {
                await caller.Process.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private async Task AnswerAsync(PollWorkflowTaskQueueResponse task)
    {
        var workflow = new WorkflowKey(Namespace, task.WorkflowExecution.WorkflowId);
        if (!caller.IsInside)
        {
            // The pick-up itself may be lost in a crash, and what a repeated attempt would write is not written yet.
            ledger.RequireShown(workflow, task.WorkflowExecution.RunId, task.History.Events, before: task.StartedEventId - 1);
        }

        if (faults.Strikes(faults.LostWorker))
        {
            return;
        }

        if (faults.Strikes(faults.SlowWorker))
        {
            await caller.Process.Delay(s_taskTimeout * 1.5);
        }

        try
        {
            if (faults.Strikes(faults.FailingWorker))
            {
                await caller.InsistAsync<RespondWorkflowTaskFailedResponse>(
                    new RespondWorkflowTaskFailedRequest { Namespace = Namespace, TaskToken = task.TaskToken, Cause = WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure }, 3);
                return;
            }

            var commands = ScriptedWorkflow.Decide(scripts[workflow.WorkflowId], task.History.Events);
            await caller.InsistAsync<RespondWorkflowTaskCompletedResponse>(
                new RespondWorkflowTaskCompletedRequest { Namespace = Namespace, TaskToken = task.TaskToken, Identity = identity, Commands = { commands } }, 3);
            ledger.RequireCommands(workflow, task.WorkflowExecution.RunId, task.StartedEventId, commands.Count);
        }
        catch (RpcFault fault) when (fault.Code is RpcStatusCode.NotFound or RpcStatusCode.InvalidArgument or RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded)
        {
            // The task was taken away, or something happened that the answer had not seen: there will be another task.
        }
    }
}
