using Temporalio.Api.Common.V1;
using Temporalio.Converters;
using Priority = Temporalio.Common.Priority;
using RetryPolicy = Temporalio.Common.RetryPolicy;

namespace Temporalio.Workflows;

/// <summary>What is known of a run from its start; it does not change.</summary>
/// <param name="Attempt">Number of this attempt, from 1.</param>
/// <param name="ContinuedRunId">The run that this one continues.</param>
/// <param name="CronSchedule">Cron expression.</param>
/// <param name="ExecutionTimeout">Most time for all runs together.</param>
/// <param name="FirstExecutionRunId">The first run of the chain.</param>
/// <param name="Headers">Headers of the start.</param>
/// <param name="LastFailure">How the previous run of a retry or cron chain failed.</param>
/// <param name="LastResult">What the previous run of a cron chain answered.</param>
/// <param name="Namespace">Namespace.</param>
/// <param name="Parent">The parent of a child workflow.</param>
/// <param name="Priority">Priority.</param>
/// <param name="RetryPolicy">Retry policy of the workflow.</param>
/// <param name="Root">The topmost ancestor, if there is a parent.</param>
/// <param name="RunId">Run id.</param>
/// <param name="RunTimeout">Most time for this run.</param>
/// <param name="StartTime">Time of the first workflow task.</param>
/// <param name="TaskQueue">Task queue.</param>
/// <param name="TaskTimeout">Most time for one workflow task.</param>
/// <param name="WorkflowId">Workflow id.</param>
/// <param name="WorkflowStartTime">Time of the start by the server's clock.</param>
/// <param name="WorkflowType">Name of the workflow type.</param>
public record WorkflowInfo(
    int Attempt,
    string? ContinuedRunId,
    string? CronSchedule,
    TimeSpan? ExecutionTimeout,
    string FirstExecutionRunId,
    IReadOnlyDictionary<string, Payload>? Headers,
    Exception? LastFailure,
    IReadOnlyCollection<IRawValue>? LastResult,
    string Namespace,
    WorkflowInfo.ParentInfo? Parent,
    Priority Priority,
    RetryPolicy? RetryPolicy,
    WorkflowInfo.RootInfo? Root,
    string RunId,
    TimeSpan? RunTimeout,
    DateTime StartTime,
    string TaskQueue,
    TimeSpan TaskTimeout,
    string WorkflowId,
    DateTime WorkflowStartTime,
    string WorkflowType)
{
    /// <summary>What every log entry of the run carries.</summary>
    internal Dictionary<string, object> LoggerScope => new()
    {
        ["Attempt"] = Attempt,
        ["Namespace"] = Namespace,
        ["RunId"] = RunId,
        ["TaskQueue"] = TaskQueue,
        ["WorkflowId"] = WorkflowId,
        ["WorkflowType"] = WorkflowType,
    };

    /// <summary>The parent of a child workflow.</summary>
    public record ParentInfo(string Namespace, string RunId, string WorkflowId);

    /// <summary>The topmost ancestor of a child workflow.</summary>
    public record RootInfo(string RunId, string WorkflowId);
}
