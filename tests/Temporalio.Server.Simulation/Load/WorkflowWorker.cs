using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Checks;
using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Simulation.Storage;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Polls workflow tasks and answers them with what the script says, sometimes late, sometimes never, sometimes with a failure.</summary>
internal sealed class WorkflowWorker(Caller caller, FaultPlan faults, Ledger ledger, ScriptBook scripts, string identity, SimulationRandom habits, Func<bool> wasSuperseded, Func<int> uncertainCommits)
{
    public const string Namespace = "default";
    private static readonly TimeSpan s_pollTimeout = TimeSpan.FromSeconds(70);
    private static readonly TimeSpan s_taskTimeout = TimeSpan.FromSeconds(10);

    private readonly WorkflowCache _cache = new(caller, habits);
    private readonly bool _sticky = habits.Chance(0.6);
    private readonly bool _asksForNext = habits.Chance(0.3);

    public void Start(int pollers)
    {
        for (var i = 0; i < pollers; i++)
        {
            caller.Process.Start(identity, () => PollAsync(ScriptedWorkflow.WorkflowQueue, TaskQueueKind.Normal));
            if (_sticky)
            {
                caller.Process.Start(identity, () => PollAsync(StickyQueue, TaskQueueKind.Sticky));
            }
        }
    }

    private string StickyQueue => $"sticky-{identity}";

    private async Task PollAsync(string queue, TaskQueueKind kind)
    {
        var request = new PollWorkflowTaskQueueRequest
        {
            Namespace = Namespace,
            TaskQueue = new() { Name = queue, Kind = kind, NormalName = kind == TaskQueueKind.Sticky ? ScriptedWorkflow.WorkflowQueue : "" },
            Identity = identity,
        };
        while (true)
        {
            try
            {
                var uncertain = uncertainCommits();
                var task = await caller.CallAsync<PollWorkflowTaskQueueResponse>(request, s_pollTimeout);
                while (task is { TaskToken.IsEmpty: false })
                {
                    task = await HandleAsync(task, uncertain);
                }
            }
            catch (RpcFault fault) when (fault.Code is RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded)
            {
                await caller.Process.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    // Answers the task; the next one, if the server gave it along.
    private async Task<PollWorkflowTaskQueueResponse?> HandleAsync(PollWorkflowTaskQueueResponse task, int uncertain)
    {
        var workflow = new WorkflowKey(Namespace, task.WorkflowExecution.WorkflowId);
        var runId = task.WorkflowExecution.RunId;
        if (!caller.IsInside)
        {
            // The pick-up itself may be lost in a crash, and what a repeated attempt would write is not written yet.
            ledger.RequireShown(workflow, runId, task.History?.Events ?? [], before: task.StartedEventId - 1);
        }

        if (faults.Strikes(faults.LostWorker))
        {
            return null;
        }

        if (faults.Strikes(faults.SlowWorker))
        {
            await caller.Process.Delay(s_taskTimeout * 1.5);
        }

        try
        {
            var history = await _cache.CompleteAsync(task);
            if (task.Query is not null)
            {
                await caller.InsistAsync<RespondQueryTaskCompletedResponse>(
                    new RespondQueryTaskCompletedRequest
                    {
                        Namespace = Namespace, TaskToken = task.TaskToken, CompletedType = QueryResultType.Answered, QueryResult = ScriptedWorkflow.Answer(history),
                    },
                    3);
                return null;
            }

            if (faults.Strikes(faults.FailingWorker))
            {
                _cache.Forget(runId);
                await caller.InsistAsync<RespondWorkflowTaskFailedResponse>(
                    new RespondWorkflowTaskFailedRequest { Namespace = Namespace, TaskToken = task.TaskToken, Cause = WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure }, 3);
                return null;
            }

            if (history.Count != task.StartedEventId && (wasSuperseded() || uncertainCommits() > uncertain))
            {
                // A page came from a server that is no longer the one, or the commit was lost that the task had not waited for: the history
                // ends earlier, and the task is void.
                _cache.Forget(runId);
                return null;
            }

            ledger.Check(history.Count == task.StartedEventId, $"{workflow.WorkflowId}/{runId}: the task started in {task.StartedEventId} came with {history.Count} events");
            return await CompleteAsync(workflow, task, history);
        }
        catch (RpcFault fault) when (fault.Code is RpcStatusCode.NotFound or RpcStatusCode.InvalidArgument or RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded)
        {
            // The task was taken away, or something happened that the answer had not seen: there will be another task.
            _cache.Forget(runId);
            return null;
        }
    }

    private async Task<PollWorkflowTaskQueueResponse?> CompleteAsync(WorkflowKey workflow, PollWorkflowTaskQueueResponse task, List<HistoryEvent> history)
    {
        var response = new RespondWorkflowTaskCompletedRequest
        {
            Namespace = Namespace,
            TaskToken = task.TaskToken,
            Identity = identity,
            ReturnNewWorkflowTask = _asksForNext,
            StickyAttributes = _sticky ? new() { WorkerTaskQueue = new() { Name = StickyQueue, Kind = TaskQueueKind.Sticky, NormalName = ScriptedWorkflow.WorkflowQueue }, ScheduleToStartTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)) } : null,
        };
        UpdateAnswering.Answer(task, history, response);
        var placed = response.Commands.Count;
        response.Commands.AddRange(ScriptedWorkflow.Decide(scripts.Of(workflow.WorkflowId), history));
        foreach (var id in task.Queries.Keys)
        {
            response.QueryResults.Add(id, new WorkflowQueryResult { ResultType = QueryResultType.Answered, Answer = ScriptedWorkflow.Answer(history) });
        }

        var commands = response.Commands.Count - placed;
        var completed = await caller.InsistAsync<RespondWorkflowTaskCompletedResponse>(response, 3);
        if (response.Commands.Count > 0)
        {
            // What the answer was made from has become the history before it: nothing that a failed commit took back.
            ledger.RequireShown(workflow, task.WorkflowExecution.RunId, history, before: task.StartedEventId - 1);
            ledger.RequireCommands(workflow, task.WorkflowExecution.RunId, task.StartedEventId, commands);
        }

        if (completed.ResetHistoryEventId > 0)
        {
            _cache.Forget(task.WorkflowExecution.RunId);
        }
        else
        {
            _cache.Remember(task.WorkflowExecution.RunId, history);
        }

        return completed.WorkflowTask;
    }
}
