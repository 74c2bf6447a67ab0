using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution;

/// <summary>What a run is, apart from what it is doing.</summary>
internal sealed class RunInfo
{
    private byte[]? _startBytes;

    /// <summary>
    /// The attributes of the first event. Input and header are left out unless the run may be started over (retry, cron): nothing else
    /// asks for them, and they would be rewritten with every step.
    /// </summary>
    public required WorkflowExecutionStartedEventAttributes Start { get; init; }

    public required string RequestId { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    public UserMetadata? UserMetadata { get; init; }

    /// <summary>When the first workflow task is, or was, due: later than the start if that was delayed.</summary>
    public required DateTimeOffset ExecutionTime { get; init; }

    /// <summary>When the run times out; <see langword="null"/> if it never does.</summary>
    public DateTimeOffset? RunExpiration { get; init; }

    /// <summary>When the whole chain of runs times out.</summary>
    public DateTimeOffset? ExecutionExpiration { get; init; }

    /// <summary>When the first run of the chain started.</summary>
    public required DateTimeOffset OriginalStartTime { get; init; }

    public WorkflowExecutionStatus Status { get; set; } = WorkflowExecutionStatus.Running;

    public DateTimeOffset? CloseTime { get; set; }

    public Memo? Memo { get; set; }

    public SearchAttributes? SearchAttributes { get; set; }

    public ResetPoints? ResetPoints { get; set; }

    public bool CancelRequested { get; set; }

    public string CancelRequestId { get; set; } = "";

    /// <summary>True until the first workflow task is scheduled, while a delay or backoff holds it back.</summary>
    public bool AwaitsFirstTask { get; set; }

    /// <summary>True for a child whose parent has not recorded its start: it must not run before.</summary>
    public bool HeldByParent { get; set; }

    /// <summary>The run that this one continued in.</summary>
    public string NewRunId { get; set; } = "";

    /// <summary>True from the close of a child until its parent has taken note.</summary>
    public bool MustTellParent { get; set; }

    /// <summary>When the run was made by resetting another one; <see langword="null"/> if it was not.</summary>
    public DateTimeOffset? LastResetTime { get; init; }

    /// <summary>The run that this one was reset to.</summary>
    public string ResetRunId { get; set; } = "";

    public long StateTransitions { get; set; }

    public bool Open => Status == WorkflowExecutionStatus.Running;

    public TimeSpan TaskTimeout => Start.WorkflowTaskTimeout.ToSpan();

    public string TaskQueue => Start.TaskQueue.Name;

    public void Save(StateWriter writer)
    {
        writer.Bytes(_startBytes ??= Start.ToByteArray());
        writer.Text(RequestId);
        writer.Time(StartTime);
        writer.Message(UserMetadata);
        writer.Time(ExecutionTime);
        writer.Time(RunExpiration);
        writer.Time(ExecutionExpiration);
        writer.Time(OriginalStartTime);
        writer.Number((int)Status);
        writer.Time(CloseTime);
        writer.Message(Memo);
        writer.Message(SearchAttributes);
        writer.Message(ResetPoints);
        writer.Flag(CancelRequested);
        writer.Text(CancelRequestId);
        writer.Flag(AwaitsFirstTask);
        writer.Flag(HeldByParent);
        writer.Text(NewRunId);
        writer.Flag(MustTellParent);
        writer.Number(StateTransitions);
        writer.Time(LastResetTime);
        writer.Text(ResetRunId);
    }

    public static RunInfo Load(ref StateReader reader)
    {
        var start = reader.Bytes().ToArray();
        return new RunInfo
        {
            _startBytes = start,
            Start = WorkflowExecutionStartedEventAttributes.Parser.ParseFrom(start),
            RequestId = reader.RequiredText(),
            StartTime = reader.Time()!.Value,
            UserMetadata = reader.Message(UserMetadata.Parser),
            ExecutionTime = reader.Time()!.Value,
            RunExpiration = reader.Time(),
            ExecutionExpiration = reader.Time(),
            OriginalStartTime = reader.Time()!.Value,
            Status = (WorkflowExecutionStatus)reader.Integer(),
            CloseTime = reader.Time(),
            Memo = reader.Message(Memo.Parser),
            SearchAttributes = reader.Message(SearchAttributes.Parser),
            ResetPoints = reader.Message(ResetPoints.Parser),
            CancelRequested = reader.Flag(),
            CancelRequestId = reader.RequiredText(),
            AwaitsFirstTask = reader.Flag(),
            HeldByParent = reader.Flag(),
            NewRunId = reader.RequiredText(),
            MustTellParent = reader.Flag(),
            StateTransitions = reader.Number(),
            LastResetTime = reader.Time(),
            ResetRunId = reader.RequiredText(),
        };
    }
}
