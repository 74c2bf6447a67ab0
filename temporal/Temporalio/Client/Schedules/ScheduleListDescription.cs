using Temporalio.Api.Schedule.V1;
using Temporalio.Common;
using Temporalio.Converters;
using ProtoListInfo = Temporalio.Api.Schedule.V1.ScheduleListInfo;

namespace Temporalio.Client.Schedules;

/// <summary>A schedule as it is listed.</summary>
public class ScheduleListDescription
{
    private readonly Lazy<IReadOnlyDictionary<string, IEncodedRawValue>> _memo;
    private readonly Lazy<SearchAttributeCollection> _searchAttributes;

    protected internal ScheduleListDescription(ScheduleListEntry rawEntry, DataConverter dataConverter)
    {
        Id = rawEntry.ScheduleId;
        Schedule = rawEntry.Info is { } info ? ScheduleListSchedule.FromProto(info) : null;
        Info = rawEntry.Info is { } listInfo ? ScheduleListInfo.FromProto(listInfo) : null;
        _memo = new(() => Memos.ToRawValues(rawEntry.Memo, dataConverter));
        _searchAttributes = new(() => rawEntry.SearchAttributes is { } attributes
            ? SearchAttributeCollection.FromProto(attributes)
            : SearchAttributeCollection.Empty);
    }

    public string Id { get; }

    /// <summary><see langword="null"/> on a server that does not list it.</summary>
    public ScheduleListSchedule? Schedule { get; }

    /// <inheritdoc cref="Schedule"/>
    public ScheduleListInfo? Info { get; }

    public IReadOnlyDictionary<string, IEncodedRawValue> Memo => _memo.Value;

    public SearchAttributeCollection TypedSearchAttributes => _searchAttributes.Value;
}

/// <summary>What a listing says about a schedule.</summary>
public record ScheduleListSchedule(ScheduleListAction Action, ScheduleSpec Spec, ScheduleListState State)
{
    internal static ScheduleListSchedule FromProto(ProtoListInfo proto) => new(
        new ScheduleListActionStartWorkflow(proto.WorkflowType?.Name ?? ""),
        ScheduleSpec.FromProto(proto.Spec),
        new(proto.Notes.Length == 0 ? null : proto.Notes, proto.Paused));
}

/// <summary>What a listing says about what a schedule does.</summary>
public abstract record ScheduleListAction
{
    private protected ScheduleListAction()
    {
    }
}

/// <summary>It starts workflows of a type.</summary>
public record ScheduleListActionStartWorkflow(string Workflow) : ScheduleListAction;

/// <summary>What a listing says about a schedule's state.</summary>
public record ScheduleListState(string? Note, bool Paused);

/// <summary>What a listing says about a schedule's past and future.</summary>
public record ScheduleListInfo(
    IReadOnlyCollection<ScheduleActionResult> RecentActions, IReadOnlyCollection<DateTime> NextActionTimes)
{
    internal static ScheduleListInfo FromProto(ProtoListInfo proto) => new(
        [.. proto.RecentActions.Select(ScheduleActionResult.FromProto)],
        [.. proto.FutureActionTimes.Select(t => t.ToDateTime())]);
}
