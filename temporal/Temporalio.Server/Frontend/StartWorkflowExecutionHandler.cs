using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class StartWorkflowExecutionHandler(Engine engine)
{
    public async ValueTask<StartWorkflowExecutionResponse> HandleAsync(StartWorkflowExecutionRequest request, RpcContext context)
    {
        StartRequests.Check(engine, request);
        var start = await engine.Actors.CallAsync(new WorkflowKey(request.Namespace, request.WorkflowId), "", actor => Start(actor, request));
        if (start.Eager is { } eager)
        {
            start.Response.EagerWorkflowTask = await PollResponses.WorkflowTaskAsync(engine, eager, context.CancellationToken);
        }

        return start.Response;
    }

    /// <summary>Starts the workflow, or answers with the one that is there.</summary>
    /// <exception cref="RpcFault">ALREADY_EXISTS or INVALID_ARGUMENT.</exception>
    public static (StartWorkflowExecutionResponse Response, WorkflowTaskStart? Eager) Start(ActorStep actor, StartWorkflowExecutionRequest request)
    {
        var policy = StartPolicies.Of(request.WorkflowIdReusePolicy, request.WorkflowIdConflictPolicy);
        var runId = actor.Engine.Ids.NewId();
        if (StartPolicies.Existing(actor, policy, request, runId) is { } existing)
        {
            return (existing, null);
        }

        var step = NewRun.Create(actor, StartRequests.Seed(actor, request) with { RunId = runId });
        WorkflowTaskStart? eager = null;
        var run = step.Run;
        if (!run.Info.AwaitsFirstTask)
        {
            var eagerly = request.RequestEagerExecution;
            WorkflowTasks.Schedule(step, speculative: false, dispatch: !eagerly);
            if (eagerly)
            {
                WorkflowTasks.Start(step, request.Identity, "", request.RequestId, durable: true);
                eager = WorkflowTaskStart.Of(step, partial: false);
            }
        }

        return (
            new StartWorkflowExecutionResponse
            {
                RunId = run.RunId,
                Started = true,
                Status = WorkflowExecutionStatus.Running,
                FirstExecutionRunId = run.Info.Start.FirstExecutionRunId,
                Link = Links.ToEvent(run, 1, EventType.WorkflowExecutionStarted),
            },
            eager);
    }
}
