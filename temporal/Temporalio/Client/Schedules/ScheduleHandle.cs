using Temporalio.Client.Interceptors;

namespace Temporalio.Client.Schedules;

/// <summary>A schedule, to follow and to steer.</summary>
public record ScheduleHandle(ITemporalClient Client, string Id)
{
    private ClientOutboundInterceptor Outbound => Client.OutboundInterceptor;

    /// <exception cref="ArgumentException">There is nothing to go over.</exception>
    public virtual Task BackfillAsync(IReadOnlyCollection<ScheduleBackfill> backfills, RpcOptions? rpcOptions = null) =>
        Outbound.BackfillScheduleAsync(new(Id, backfills, rpcOptions));

    public virtual Task DeleteAsync(RpcOptions? rpcOptions = null) => Outbound.DeleteScheduleAsync(new(Id, rpcOptions));

    public virtual Task<ScheduleDescription> DescribeAsync(RpcOptions? rpcOptions = null) =>
        Outbound.DescribeScheduleAsync(new(Id, rpcOptions));

    public virtual Task PauseAsync(string? note = null, RpcOptions? rpcOptions = null) =>
        Outbound.PauseScheduleAsync(new(Id, note, rpcOptions));

    /// <summary>Takes the action now.</summary>
    public virtual Task TriggerAsync(ScheduleTriggerOptions? options = null) => Outbound.TriggerScheduleAsync(new(Id, options));

    public virtual Task UnpauseAsync(string? note = null, RpcOptions? rpcOptions = null) =>
        Outbound.UnpauseScheduleAsync(new(Id, note, rpcOptions));

    /// <param name="updater">From what is to what shall be; <see langword="null"/> to leave it. May be called more than once.</param>
    /// <param name="rpcOptions">Options of the calls.</param>
    public Task UpdateAsync(Func<ScheduleUpdateInput, ScheduleUpdate?> updater, RpcOptions? rpcOptions = null) =>
        UpdateAsync(input => Task.FromResult(updater(input)), rpcOptions);

    /// <inheritdoc cref="UpdateAsync(Func{ScheduleUpdateInput, ScheduleUpdate?}, RpcOptions?)"/>
    public virtual Task UpdateAsync(Func<ScheduleUpdateInput, Task<ScheduleUpdate?>> updater, RpcOptions? rpcOptions = null) =>
        Outbound.UpdateScheduleAsync(new(Id, updater, rpcOptions));
}
