using System.Text.Json;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Schedules;
using Temporalio.Server.Store;
using Temporalio.Server.Visibility.Query;

namespace Temporalio.Server.Visibility;

/// <summary>A run as lists show it and queries see it.</summary>
internal sealed class VisibilityRecord : IQueryRow
{
    private const long NanosecondsPerTick = 100;

    private VisibilityRecord()
    {
    }

    public required WorkflowKey Workflow { get; init; }

    public required string RunId { get; init; }

    public required WorkflowExecutionStatus Status { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    public required DateTimeOffset? CloseTime { get; init; }

    /// <summary>A copy of the schedule that the run is; <see langword="null"/> if it is a workflow.</summary>
    public ScheduleState? Schedule { get; private init; }

    private WorkflowExecutionInfo Shown { get; init; } = new();

    private long HistoryLength { get; init; }

    private long HistorySizeBytes { get; init; }

    private long StateTransitions { get; init; }

    public static VisibilityRecord Of(Run run)
    {
        var info = run.Info;
        return new VisibilityRecord
        {
            Workflow = run.Workflow,
            RunId = run.RunId,
            Status = info.Status,
            StartTime = info.StartTime,
            CloseTime = info.CloseTime,
            Schedule = Copy(run.Schedule),
            HistoryLength = run.Log.NextEventId - 1,
            HistorySizeBytes = run.Log.SizeBytes,
            StateTransitions = info.StateTransitions,
            Shown = new WorkflowExecutionInfo
            {
                Type = info.Start.WorkflowType,
                ExecutionTime = info.ExecutionTime.ToProto(),
                TaskQueue = info.TaskQueue,
                ParentNamespaceId = info.Start.ParentWorkflowNamespaceId,
                ParentExecution = info.Start.ParentWorkflowExecution,
                RootExecution = info.Start.RootWorkflowExecution ?? new() { WorkflowId = run.Workflow.WorkflowId, RunId = run.RunId },
                Memo = info.Memo?.Clone() ?? new Memo(),
                SearchAttributes = info.SearchAttributes?.Clone() ?? new SearchAttributes(),
            },
        };
    }

    /// <summary>What a list shows.</summary>
    public WorkflowExecutionInfo ToInfo()
    {
        var info = Shown.Clone();
        info.Execution = new() { WorkflowId = Workflow.WorkflowId, RunId = RunId };
        info.StartTime = StartTime.ToProto();
        info.Status = Status;
        if (CloseTime is { } closed)
        {
            info.CloseTime = closed.ToProto();
            info.ExecutionDuration = (closed - Shown.ExecutionTime.ToDateTimeOffset()).ToProto();
            info.HistoryLength = HistoryLength;
            info.HistorySizeBytes = HistorySizeBytes;
            info.StateTransitionCount = StateTransitions;
        }

        return info;
    }

    /// <inheritdoc/>
    public object? Get(string name) => name switch
    {
        "ScheduleId" => Schedule?.ScheduleId,
        "WorkflowId" => Workflow.WorkflowId,
        "RunId" => RunId,
        "WorkflowType" => Shown.Type.Name,
        "TaskQueue" => Shown.TaskQueue,
        QueryValues.Status => (long)Status,
        "StartTime" => StartTime,
        "ExecutionTime" => Shown.ExecutionTime.ToDateTimeOffset(),
        "CloseTime" => CloseTime,
        QueryValues.Duration => CloseTime is { } closed ? (closed - Shown.ExecutionTime.ToDateTimeOffset()).Ticks * NanosecondsPerTick : null,
        "HistoryLength" => CloseTime is null ? null : HistoryLength,
        "HistorySizeBytes" => CloseTime is null ? null : HistorySizeBytes,
        "StateTransitionCount" => CloseTime is null ? null : StateTransitions,
        "ParentWorkflowId" => Shown.ParentExecution?.WorkflowId,
        "ParentRunId" => Shown.ParentExecution?.RunId,
        "RootWorkflowId" => Shown.RootExecution.WorkflowId,
        "RootRunId" => Shown.RootExecution.RunId,
        _ => Shown.SearchAttributes.IndexedFields.TryGetValue(name, out var payload) ? Value(payload) : null,
    };

    private static ScheduleState? Copy(ScheduleState? schedule)
    {
        if (schedule is null)
        {
            return null;
        }

        var writer = new StateWriter();
        schedule.Save(writer);
        var reader = new StateReader(writer.ToMemory().Span);
        return ScheduleState.Load(ref reader);
    }

    private static object? Value(Payload payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload.Data.Memory);
            var type = payload.Metadata.TryGetValue("type", out var t) ? t.ToStringUtf8() : "";
            var value = json.RootElement;
            if (type == nameof(IndexedValueType.KeywordList))
            {
                return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(e => e.ToString()).ToArray() : new[] { value.ToString() };
            }

            if (value.ValueKind == JsonValueKind.Array)
            {
                value = value[0];
            }

            return type switch
            {
                nameof(IndexedValueType.Int) => value.GetInt64(),
                nameof(IndexedValueType.Double) => value.GetDouble(),
                nameof(IndexedValueType.Bool) => value.GetBoolean(),
                nameof(IndexedValueType.Datetime) => value.GetDateTimeOffset(),
                _ => value.ToString(),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
