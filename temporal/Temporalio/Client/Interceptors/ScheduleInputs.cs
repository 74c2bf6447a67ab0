using Temporalio.Client.Schedules;

namespace Temporalio.Client.Interceptors;

/// <summary>Input of <see cref="ClientOutboundInterceptor.CreateScheduleAsync"/>.</summary>
public record CreateScheduleInput(string Id, Schedule Schedule, ScheduleOptions? Options);

/// <summary>Input of <see cref="ClientOutboundInterceptor.ListSchedulesAsync"/>.</summary>
public record ListSchedulesInput(ScheduleListOptions? Options);

/// <summary>Input of <see cref="ClientOutboundInterceptor.BackfillScheduleAsync"/>.</summary>
public record BackfillScheduleInput(string Id, IReadOnlyCollection<ScheduleBackfill> Backfills, RpcOptions? RpcOptions);

/// <summary>Input of <see cref="ClientOutboundInterceptor.DeleteScheduleAsync"/>.</summary>
public record DeleteScheduleInput(string Id, RpcOptions? RpcOptions);

/// <summary>Input of <see cref="ClientOutboundInterceptor.DescribeScheduleAsync"/>.</summary>
public record DescribeScheduleInput(string Id, RpcOptions? RpcOptions);

/// <summary>Input of <see cref="ClientOutboundInterceptor.PauseScheduleAsync"/>.</summary>
public record PauseScheduleInput(string Id, string? Note, RpcOptions? RpcOptions);

/// <summary>Input of <see cref="ClientOutboundInterceptor.UnpauseScheduleAsync"/>.</summary>
public record UnpauseScheduleInput(string Id, string? Note, RpcOptions? RpcOptions);

/// <summary>Input of <see cref="ClientOutboundInterceptor.TriggerScheduleAsync"/>.</summary>
public record TriggerScheduleInput(string Id, ScheduleTriggerOptions? Options);

/// <summary>Input of <see cref="ClientOutboundInterceptor.UpdateScheduleAsync"/>.</summary>
public record UpdateScheduleInput(
    string Id,
    Func<ScheduleUpdateInput, Task<ScheduleUpdate?>> Updater,
    RpcOptions? RpcOptions);
