using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Updates;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

/// <summary>Requests to update, and their answers.</summary>
internal static class UpdateRequests
{
    /// <summary>How far the caller wants the update to be before it is answered.</summary>
    public static UpdateStatus Stage(UpdateWorkflowExecutionRequest request) =>
        request.WaitPolicy?.LifecycleStage == UpdateWorkflowExecutionLifecycleStage.Completed ? UpdateStatus.Completed : UpdateStatus.Accepted;

    public static UpdateWorkflowExecutionResponse Response(WorkflowKey workflow, UpdateView result, UpdateWorkflowExecutionRequest request)
    {
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

    /// <summary>Checks the request and gives the update an id if it has none.</summary>
    /// <exception cref="RpcFault">INVALID_ARGUMENT, PERMISSION_DENIED.</exception>
    public static void Check(Engine engine, UpdateWorkflowExecutionRequest request)
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

        SizeLimits.Check(input.Args);
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
