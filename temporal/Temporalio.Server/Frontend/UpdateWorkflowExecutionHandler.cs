using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Updates;

namespace Temporalio.Server.Frontend;

internal sealed class UpdateWorkflowExecutionHandler(Engine engine)
{
    public async ValueTask<UpdateWorkflowExecutionResponse> HandleAsync(UpdateWorkflowExecutionRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.WorkflowExecution);
        Check(request);
        var stage = request.WaitPolicy?.LifecycleStage == UpdateWorkflowExecutionLifecycleStage.Completed ? UpdateStatus.Completed : UpdateStatus.Accepted;
        var (runId, view, waiter) = await engine.Actors.CallAsync(workflow, request.WorkflowExecution.RunId, actor =>
        {
            var step = actor.Require(request.WorkflowExecution.RunId);
            if (request.FirstExecutionRunId.Length > 0 && step.Run.Info.Start.FirstExecutionRunId != request.FirstExecutionRunId)
            {
                throw Faults.NotFound("workflow execution not found");
            }

            var (found, wait) = UpdateAdmission.Admit(step, request.Request, stage);
            return (step.Run.RunId, found, wait);
        });
        var result = await UpdateAnswers.WaitAsync(engine, workflow, runId, (view, waiter), context);
        var response = new UpdateWorkflowExecutionResponse
        {
            UpdateRef = UpdateAnswers.Reference(workflow, result, request.Request.Meta.UpdateId),
            Outcome = result.Outcome,
            Stage = UpdateAnswers.Stage(result),
        };
        if (result.Status >= UpdateStatus.Accepted)
        {
            response.Link = UpdateAnswers.LinkTo(workflow, result);
        }

        return response;
    }

    private void Check(UpdateWorkflowExecutionRequest request)
    {
        if (request.Request?.Meta is not { } meta)
        {
            throw Faults.Invalid("Update meta is not set on request.");
        }

        if (Requests.TooLong(meta.UpdateId))
        {
            throw Faults.Invalid("UpdateId length exceeds limit.");
        }

        if (request.Request.Input is not { } input)
        {
            throw Faults.Invalid("Update input is not set on request.");
        }

        if (input.Name.Length == 0)
        {
            throw Faults.Invalid("Update name is not set on request.");
        }

        if (meta.UpdateId.Length == 0)
        {
            meta.UpdateId = engine.Ids.NewId();
        }

        if (request.WaitPolicy?.LifecycleStage == UpdateWorkflowExecutionLifecycleStage.Admitted)
        {
            throw new RpcFault(
                RpcStatusCode.PermissionDenied, "UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.", new PermissionDeniedFailure());
        }
    }
}
