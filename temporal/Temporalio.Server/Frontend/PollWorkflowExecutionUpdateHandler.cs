using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Updates;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class PollWorkflowExecutionUpdateHandler(Engine engine)
{
    public async ValueTask<PollWorkflowExecutionUpdateResponse> HandleAsync(PollWorkflowExecutionUpdateRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        if (request.UpdateRef is not { } reference)
        {
            throw Faults.Invalid("UpdateRef is not set on request.");
        }

        var execution = reference.WorkflowExecution;
        if (execution is null || execution.WorkflowId.Length == 0)
        {
            throw Faults.Invalid("Can't load workflow execution.  WorkflowId not set.");
        }

        if (execution.RunId.Length > 0 && !Guid.TryParse(execution.RunId, out _))
        {
            throw Faults.Invalid("RunId is not valid UUID.");
        }

        var workflow = new WorkflowKey(request.Namespace, execution.WorkflowId);
        var stage = request.WaitPolicy?.LifecycleStage switch
        {
            UpdateWorkflowExecutionLifecycleStage.Completed => UpdateStatus.Completed,
            UpdateWorkflowExecutionLifecycleStage.Accepted => UpdateStatus.Accepted,
            _ => UpdateStatus.Admitted,
        };
        var (runId, view, waiter) = await engine.Actors.CallAsync(workflow, execution.RunId, actor =>
        {
            var step = actor.Require(execution.RunId);
            var update = step.Run.Updates.Find(reference.UpdateId) ?? throw Faults.NotFound($"update \"{reference.UpdateId}\" not found");
            var (found, wait) = UpdateAdmission.Watch(step.Run, update, stage);
            return (step.Run.RunId, found, wait);
        });
        var result = await UpdateAnswers.WaitAsync(engine, workflow, runId, (view, waiter), context);
        return new PollWorkflowExecutionUpdateResponse
        {
            Outcome = result.Outcome,
            Stage = UpdateAnswers.Stage(result),
            UpdateRef = UpdateAnswers.Reference(workflow, result, reference.UpdateId),
        };
    }
}
