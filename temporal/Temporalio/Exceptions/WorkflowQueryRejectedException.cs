using Temporalio.Api.Enums.V1;

namespace Temporalio.Exceptions;

/// <summary>A query was refused because of the workflow's status, as the caller had asked.</summary>
public class WorkflowQueryRejectedException(WorkflowExecutionStatus workflowStatus)
    : TemporalException($"Query rejected, workflow status: {workflowStatus}")
{
    public WorkflowExecutionStatus WorkflowStatus { get; } = workflowStatus;
}
