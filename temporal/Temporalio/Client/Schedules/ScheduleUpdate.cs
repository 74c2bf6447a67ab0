using Temporalio.Common;

namespace Temporalio.Client.Schedules;

/// <summary>What a schedule becomes. Search attributes are left alone unless given.</summary>
public record ScheduleUpdate(Schedule Schedule, SearchAttributeCollection? TypedSearchAttributes = null);

/// <summary>What a schedule is.</summary>
public record ScheduleUpdateInput(ScheduleDescription Description);
