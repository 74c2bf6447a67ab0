using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.WorkflowActivation;

namespace Temporalio.Worker.Core.Runs;

/// <summary>What of a run's start outlives the job that tells the workflow: the task's time-out and what continue-as-new passes on.</summary>
internal sealed class WorkflowStart
{
    private readonly Dictionary<string, Payload> _searchAttributes = [];

    private WorkflowStart(WorkflowExecutionStartedEventAttributes attributes)
    {
        TaskTimeout = attributes.WorkflowTaskTimeout?.ToTimeSpan();

        // The workflow's side decodes its job in place, and what is passed on must stay encoded.
        Memo = attributes.Memo?.Clone();
        RetryPolicy = attributes.RetryPolicy?.Clone();
        AddSearchAttributes(attributes.SearchAttributes);
    }

    public TimeSpan? TaskTimeout { get; }

    public Memo? Memo { get; }

    public RetryPolicy? RetryPolicy { get; }

    /// <summary>Those given at the start, with the workflow's own changes since.</summary>
    public IReadOnlyDictionary<string, Payload> SearchAttributes => _searchAttributes;

    public static WorkflowStart From(WorkflowExecutionStartedEventAttributes attributes) => new(attributes);

    public static InitializeWorkflow Job(WorkflowExecutionStartedEventAttributes attributes, string workflowId, Timestamp? startTime)
    {
        var job = new InitializeWorkflow
        {
            WorkflowType = attributes.WorkflowType?.Name ?? string.Empty,
            WorkflowId = workflowId,
            RandomnessSeed = RandomSeed.Of(attributes.OriginalExecutionRunId),
            Identity = attributes.Identity,
            ParentWorkflowInfo = attributes.ParentWorkflowExecution is { } parent
                ? new() { Namespace = attributes.ParentWorkflowNamespace, WorkflowId = parent.WorkflowId, RunId = parent.RunId }
                : null,
            WorkflowExecutionTimeout = attributes.WorkflowExecutionTimeout,
            WorkflowRunTimeout = attributes.WorkflowRunTimeout,
            WorkflowTaskTimeout = attributes.WorkflowTaskTimeout,
            ContinuedFromExecutionRunId = attributes.ContinuedExecutionRunId,
            ContinuedInitiator = attributes.Initiator,
            ContinuedFailure = attributes.ContinuedFailure,
            LastCompletionResult = attributes.LastCompletionResult,
            FirstExecutionRunId = attributes.FirstExecutionRunId,
            RetryPolicy = attributes.RetryPolicy,
            Attempt = attributes.Attempt,
            CronSchedule = attributes.CronSchedule,
            WorkflowExecutionExpirationTime = attributes.WorkflowExecutionExpirationTime,
            CronScheduleToScheduleInterval = attributes.FirstWorkflowTaskBackoff,
            Memo = attributes.Memo,
            SearchAttributes = attributes.SearchAttributes,
            StartTime = startTime,
            RootWorkflow = attributes.RootWorkflowExecution,
            Priority = attributes.Priority,
            OriginalExecutionRunId = attributes.OriginalExecutionRunId,
        };
        if (attributes.Input is { } input)
        {
            job.Arguments.Add(input.Payloads_);
        }

        if (attributes.Header is { } header)
        {
            job.Headers.Add(header.Fields);
        }

        return job;
    }

    public void AddSearchAttributes(SearchAttributes? attributes)
    {
        foreach (var (name, value) in attributes?.IndexedFields ?? [])
        {
            _searchAttributes[name] = value.Clone();
        }
    }
}
