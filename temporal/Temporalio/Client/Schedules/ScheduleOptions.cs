using Temporalio.Api.Enums.V1;
using Temporalio.Common;

namespace Temporalio.Client.Schedules;

/// <summary>Options of creating a schedule.</summary>
public class ScheduleOptions : ICloneable
{
    /// <summary>Take the action at once.</summary>
    public bool TriggerImmediately { get; set; }

    /// <summary>Times in the past to go over.</summary>
    public IReadOnlyCollection<ScheduleBackfill>? Backfills { get; set; }

    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (ScheduleOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

/// <summary>Options of listing schedules.</summary>
public class ScheduleListOptions : ICloneable
{
    /// <summary>A visibility query.</summary>
    public string? Query { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (ScheduleListOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

/// <summary>Options of triggering a schedule.</summary>
public class ScheduleTriggerOptions
{
    /// <summary>Overrides the schedule's.</summary>
    public ScheduleOverlapPolicy Overlap { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (ScheduleTriggerOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
