using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution;

/// <summary>What a run starts with beside the attributes of its first event.</summary>
internal sealed record RunSeed
{
    /// <summary>The first event's attributes; the run's own ids are filled in.</summary>
    public required WorkflowExecutionStartedEventAttributes Start { get; init; }

    public required string RequestId { get; init; }

    /// <summary>The run's id; a new one by default.</summary>
    public string? RunId { get; init; }

    public UserMetadata? UserMetadata { get; init; }

    public IReadOnlyList<Link> Links { get; init; } = [];

    /// <summary>How long the first workflow task waits.</summary>
    public TimeSpan Backoff { get; init; }

    /// <summary>When the first run of the chain started; the run's own start if it is the first.</summary>
    public DateTimeOffset? OriginalStartTime { get; init; }

    /// <summary>True for a child: its first task waits until the parent has recorded the start.</summary>
    public bool HeldByParent { get; init; }
}

/// <summary>Makes runs.</summary>
internal static class NewRun
{
    /// <summary>Creates the workflow id's new current run. Its first task is not scheduled yet.</summary>
    public static RunStep Create(ActorStep actor, RunSeed seed)
    {
        var runId = seed.RunId ?? actor.Engine.Ids.NewId();
        var start = seed.Start;
        start.WorkflowId = actor.Workflow.WorkflowId;
        start.OriginalExecutionRunId = runId;
        if (start.FirstExecutionRunId.Length == 0)
        {
            start.FirstExecutionRunId = runId;
        }

        if (start.Attempt == 0)
        {
            start.Attempt = 1;
        }

        var begin = actor.Now + seed.Backoff;
        var executionExpiration = start.WorkflowExecutionExpirationTime?.ToDateTimeOffset();
        if (executionExpiration is null && start.WorkflowExecutionTimeout.IsSet())
        {
            executionExpiration = begin + start.WorkflowExecutionTimeout.ToSpan();
            start.WorkflowExecutionExpirationTime = executionExpiration.Value.ToProto();
        }

        var info = new RunInfo
        {
            Start = Kept(start),
            RequestId = seed.RequestId,
            StartTime = actor.Now,
            ExecutionTime = begin,
            OriginalStartTime = seed.OriginalStartTime ?? actor.Now,
            RunExpiration = start.WorkflowRunTimeout.IsSet() ? Least(begin + start.WorkflowRunTimeout.ToSpan(), executionExpiration) : executionExpiration,
            ExecutionExpiration = executionExpiration,
            UserMetadata = seed.UserMetadata,
            Memo = start.Memo,
            ResetPoints = start.PrevAutoResetPoints?.Clone(),
            AwaitsFirstTask = seed.Backoff > TimeSpan.Zero,
            HeldByParent = seed.HeldByParent,
        };
        RunProperties.Merge(info, start.SearchAttributes);
        var step = actor.Add(new Run(actor.Workflow, runId, info));
        var e = new HistoryEvent { EventType = EventType.WorkflowExecutionStarted, WorkflowExecutionStartedEventAttributes = start, UserMetadata = seed.UserMetadata };
        e.Links.AddRange(seed.Links);
        step.Append(e);
        step.Run.RequestIds[seed.RequestId] = new RequestIdInfo { EventType = EventType.WorkflowExecutionStarted, EventId = 1 };
        if (info.AwaitsFirstTask)
        {
            step.WakeAt(begin);
        }

        if (info.RunExpiration is { } end)
        {
            step.WakeAt(end);
        }

        return step;
    }

    /// <summary>What the state keeps of the first event's attributes.</summary>
    public static WorkflowExecutionStartedEventAttributes Kept(WorkflowExecutionStartedEventAttributes start)
    {
        var kept = start.Clone();
        kept.Memo = null;
        kept.SearchAttributes = null;
        kept.PrevAutoResetPoints = null;
        if (kept.RetryPolicy is null && kept.CronSchedule.Length == 0)
        {
            kept.Input = null;
            kept.Header = null;
            kept.LastCompletionResult = null;
            kept.ContinuedFailure = null;
        }

        return kept;
    }

    private static DateTimeOffset Least(DateTimeOffset a, DateTimeOffset? b) => b is { } other && other < a ? other : a;
}
