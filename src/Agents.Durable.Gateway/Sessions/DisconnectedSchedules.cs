using Agents.Durable.Data.Entities;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>A gateway without an engine: schedules can be read, not made.</summary>
internal sealed class DisconnectedSchedules : IScheduleEngine
{
    public Task PutAsync(RunScheduleRow schedule, CancellationToken cancellationToken) => throw NoEngine();

    public Task RemoveAsync(string scheduleId, CancellationToken cancellationToken) => throw NoEngine();

    public Task<EngineSchedule?> LookAsync(string scheduleId, CancellationToken cancellationToken) => Task.FromResult<EngineSchedule?>(null);

    public Task StartAsync(RunScheduleRow schedule, string fireId, DateTimeOffset at, CancellationToken cancellationToken) => throw NoEngine();

    private static InvalidOperationException NoEngine() => new("No workflow engine is connected to this gateway.");
}
