using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Rpc;
using Temporalio.Server.Commands;

namespace Temporalio.Server.Frontend;

/// <summary>The refusals that clients and workers know, with the details their SDKs look for.</summary>
internal static class Faults
{
    public static RpcFault Invalid(string message) => new(RpcStatusCode.InvalidArgument, message);

    public static RpcFault NotFound(string message) => new(RpcStatusCode.NotFound, message, new NotFoundFailure());

    public static RpcFault NamespaceNotFound(string name) => name.Length == 0
        ? Invalid("Namespace is empty.")
        : new RpcFault(RpcStatusCode.NotFound, $"Namespace {name} is not found.", new NamespaceNotFoundFailure { Namespace = name });

    /// <summary>What those say that manage namespaces, if none is named.</summary>
    public static RpcFault NamespaceNotSet() => Invalid("Namespace not set on request.");

    public static RpcFault NamespaceDeprecated(string name) => new(
        RpcStatusCode.FailedPrecondition,
        "Namespace has invalid state: Deprecated. Must be Registered.",
        new NamespaceInvalidStateFailure { Namespace = name, State = NamespaceState.Deprecated, AllowedStates = { NamespaceState.Registered } });

    public static RpcFault WorkflowNotFound(string workflowId, string runId) => NotFound(runId.Length == 0
        ? $"workflow not found for ID: {workflowId}"
        : $"workflow execution not found for workflow ID \"{workflowId}\" and run ID \"{runId}\"");

    public static RpcFault AlreadyCompleted() => NotFound("workflow execution already completed");

    public static RpcFault TaskNotFound() => NotFound("Workflow task not found.");

    public static RpcFault ActivityNotFound() => NotFound("invalid activityID or activity already timed out or invoking workflow is completed");

    public static RpcFault AlreadyStarted(string message, string requestId, string runId, string firstRunId) =>
        new(RpcStatusCode.AlreadyExists, message, new WorkflowExecutionAlreadyStartedFailure { StartRequestId = requestId, RunId = runId, FirstExecutionRunId = firstRunId });

    public static RpcFault Busy(string message) =>
        new(RpcStatusCode.ResourceExhausted, message, new ResourceExhaustedFailure { Cause = ResourceExhaustedCause.BusyWorkflow, Scope = ResourceExhaustedScope.Namespace });

    public static RpcFault ConcurrentLimit(string message) =>
        new(RpcStatusCode.ResourceExhausted, message, new ResourceExhaustedFailure { Cause = ResourceExhaustedCause.ConcurrentLimit, Scope = ResourceExhaustedScope.Namespace });

    public static RpcFault NotReady(string message) => new(RpcStatusCode.FailedPrecondition, message, new WorkflowNotReadyFailure());

    public static RpcFault CommandRefused(CommandRefusal refusal) => Invalid(refusal.Text);
}
