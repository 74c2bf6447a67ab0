using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>A workflow as it is listed.</summary>
public class WorkflowExecution
{
    private readonly Lazy<IReadOnlyDictionary<string, IEncodedRawValue>> _memo;
    private readonly Lazy<SearchAttributeCollection> _searchAttributes;

    protected internal WorkflowExecution(
        WorkflowExecutionInfo rawInfo, DataConverter dataConverter, string? clientNamespaceForDataConverterWithContext)
    {
        RawInfo = rawInfo;
        _memo = new(() => Memos.ToRawValues(
            rawInfo.Memo,
            clientNamespaceForDataConverterWithContext is { } ns
                ? dataConverter.WithSerializationContext(new ISerializationContext.Workflow(ns, rawInfo.Execution.WorkflowId))
                : dataConverter));
        _searchAttributes = new(() => rawInfo.SearchAttributes is { } attributes
            ? SearchAttributeCollection.FromProto(attributes)
            : SearchAttributeCollection.Empty);
    }

    /// <summary>When it closed, if it has.</summary>
    public DateTime? CloseTime => RawInfo.CloseTime?.ToDateTime();

    /// <summary>When it ran or will run first: the start after any delay or cron backoff.</summary>
    public DateTime? ExecutionTime => RawInfo.ExecutionTime?.ToDateTime();

    public int HistoryLength => (int)RawInfo.HistoryLength;

    public string Id => RawInfo.Execution.WorkflowId;

    public IReadOnlyDictionary<string, IEncodedRawValue> Memo => _memo.Value;

    public string? ParentId => RawInfo.ParentExecution?.WorkflowId is { Length: > 0 } id ? id : null;

    public string? ParentRunId => RawInfo.ParentExecution?.RunId is { Length: > 0 } id ? id : null;

    public string RunId => RawInfo.Execution.RunId;

    public DateTime StartTime => RawInfo.StartTime.ToDateTime();

    public WorkflowExecutionStatus Status => RawInfo.Status;

    public string TaskQueue => RawInfo.TaskQueue;

    public SearchAttributeCollection TypedSearchAttributes => _searchAttributes.Value;

    public string WorkflowType => RawInfo.Type.Name;

    internal WorkflowExecutionInfo RawInfo { get; }
}
