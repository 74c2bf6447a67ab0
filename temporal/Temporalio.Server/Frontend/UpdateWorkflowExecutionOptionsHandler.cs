using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class UpdateWorkflowExecutionOptionsHandler(Engine engine)
{
    public async ValueTask<UpdateWorkflowExecutionOptionsResponse> HandleAsync(UpdateWorkflowExecutionOptionsRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        if (request.WorkflowExecution is not { WorkflowId.Length: > 0 } execution)
        {
            throw Faults.Invalid("WorkflowId is not set on request.");
        }

        CheckMask(request.UpdateMask);
        Requests.CheckRunUuid(execution.RunId);
        var given = request.WorkflowExecutionOptions ?? new();
        Priorities.Check(given.Priority);
        return await engine.Actors.CallAsync(new WorkflowKey(request.Namespace, execution.WorkflowId), execution.RunId, actor => new UpdateWorkflowExecutionOptionsResponse
        {
            WorkflowExecutionOptions = Update(actor.Require(execution.RunId), given, request.UpdateMask, request.Identity),
        });
    }

    /// <summary>Changes what the mask names; the answer is what the options are now.</summary>
    /// <exception cref="RpcFault">NOT_FOUND, FAILED_PRECONDITION.</exception>
    public static WorkflowExecutionOptions Update(RunStep step, WorkflowExecutionOptions given, FieldMask mask, string identity)
    {
        if (!step.Run.IsOpen)
        {
            throw Faults.AlreadyCompleted();
        }

        var current = WorkflowOptions.Of(step.Run);
        var merged = WorkflowOptions.Merged(current, given, mask);
        if (merged.VersioningOverride?.Pinned is { Version: null })
        {
            throw new RpcFault(
                RpcStatusCode.FailedPrecondition,
                $"must specify a specific pinned override version because workflow with id {step.Run.Workflow.WorkflowId} has behavior Unspecified and is not yet pinned to any version");
        }

        if (!merged.Equals(current))
        {
            WorkflowOptions.Change(step, merged.Clone(), identity);
        }

        return merged;
    }

    private static void CheckMask(FieldMask? mask)
    {
        if (mask is null)
        {
            throw Faults.Invalid("UpdateMask is required");
        }

        foreach (var path in mask.Paths)
        {
            if (!FieldMask.IsValid(WorkflowExecutionOptions.Descriptor, path))
            {
                throw Faults.Invalid($"error parsing UpdateMask: proto:\u00a0invalid path \"{path}\" for message \"{WorkflowExecutionOptions.Descriptor.FullName}\"");
            }
        }
    }
}
