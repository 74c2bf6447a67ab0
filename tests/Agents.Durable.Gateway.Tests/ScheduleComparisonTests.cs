using System.Collections.Concurrent;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Schedules;
using Agents.Durable.Gateway.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>The engine's schedule comes to what the row says, whatever became of it while the row was stored.</summary>
public sealed class ScheduleComparisonTests(GatewayServer server) : IDisposable
{
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly string _name = $"schedule-{Guid.NewGuid():N}";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_FiresBeforeItsCommit_IsAtTheEngineInTheEnd()
    {
        var agent = (await _calls.OkAsync("GET", $"/agents/name/{await _calls.DefineAsync()}")).GetProperty("id").GetString()!;
        var engine = new EagerEngine();
        var contexts = server.Services.GetRequiredService<DataContexts>();
        var fires = new ScheduledRuns(server.Services.GetRequiredService<IServiceScopeFactory>(), contexts, engine);
        engine.OnPut = id => fires.StartAsync(new ScheduledFire(id, "first", "scheduled", TimeProvider.System.GetUtcNow()), Stopping);
        await using var scope = server.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<OwnerScope>().Set(new OwnerId("dev"));
        var store = new RunScheduleStore(
            scope.ServiceProvider.GetRequiredService<DataContext>(), scope.ServiceProvider.GetRequiredService<AgentDirectory>(), engine, TimeProvider.System, NullLogger<RunScheduleStore>.Instance);
        var id = (await store.AddAsync(agent, RowOf, Stopping)).Id;
        try
        {
            Assert.DoesNotContain(id, engine.Schedules.Keys);
            engine.OnPut = _ => Task.CompletedTask;
            using var comparison = new ScheduleComparison(contexts, engine, new AdvancedClock { Passed = ScheduleComparison.Patience }, NullLogger<ScheduleComparison>.Instance);
            await comparison.StartAsync(Stopping);

            await GatewayCalls.UntilAsync(() => engine.Schedules.ContainsKey(id));
            await comparison.StopAsync(Stopping);
        }
        finally
        {
            // The shared gateway has no engine that it could compare it with.
            await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand($"DELETE FROM run_schedules WHERE id = '{id}'");
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _calls.Dispose();

    private RunScheduleRow RowOf(AgentRow agent, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now).ToString(),
        AgentId = agent.Id,
        Name = _name,
        IntervalSeconds = 3600,
        Timezone = "UTC",
        InputContent = "Go.",
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>Keeps schedules, and may fire one before it has said that it took it.</summary>
    private sealed class EagerEngine : IScheduleEngine
    {
        public ConcurrentDictionary<string, long> Schedules { get; } = new(StringComparer.Ordinal);

        public Func<string, Task> OnPut { get; set; } = _ => Task.CompletedTask;

        public Task PutAsync(RunScheduleRow schedule, CancellationToken cancellationToken)
        {
            Schedules[schedule.Id] = schedule.Version;
            return OnPut(schedule.Id);
        }

        public Task RemoveAsync(string scheduleId, CancellationToken cancellationToken)
        {
            Schedules.TryRemove(scheduleId, out _);
            return Task.CompletedTask;
        }

        public Task<EngineSchedule?> LookAsync(string scheduleId, CancellationToken cancellationToken) =>
            Task.FromResult(Schedules.TryGetValue(scheduleId, out var version) ? new EngineSchedule(version, [], 0, null) : null);

        public Task StartAsync(RunScheduleRow schedule, string fireId, DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
