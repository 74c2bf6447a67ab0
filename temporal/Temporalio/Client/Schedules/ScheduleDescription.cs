using Temporalio.Api.WorkflowService.V1;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Client.Schedules;

/// <summary>A schedule as it is described.</summary>
public class ScheduleDescription
{
    private readonly Lazy<IReadOnlyDictionary<string, IEncodedRawValue>> _memo;
    private readonly Lazy<SearchAttributeCollection> _searchAttributes;

    protected internal ScheduleDescription(
        string id, Schedule schedule, DescribeScheduleResponse rawDescription, DataConverter dataConverter)
    {
        Id = id;
        Schedule = schedule;
        Info = ScheduleInfo.FromProto(rawDescription.Info);
        _memo = new(() => Memos.ToRawValues(rawDescription.Memo, dataConverter));
        _searchAttributes = new(() => rawDescription.SearchAttributes is { } attributes
            ? SearchAttributeCollection.FromProto(attributes)
            : SearchAttributeCollection.Empty);
    }

    public string Id { get; }

    public ScheduleInfo Info { get; }

    public IReadOnlyDictionary<string, IEncodedRawValue> Memo => _memo.Value;

    public Schedule Schedule { get; }

    public SearchAttributeCollection TypedSearchAttributes => _searchAttributes.Value;
}
