using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>
/// The schedules of agents. The row is the truth, and the engine's schedule is made from it in the row's transaction. What a crash leaves is mended: a change is
/// noted first (see <see cref="ScheduleComparison"/>), and an engine's schedule without a row takes itself away when it fires.
/// </summary>
internal sealed partial class RunScheduleStore(
    DataContext data, AgentDirectory agents, IScheduleEngine engine, TimeProvider time, ILogger<RunScheduleStore> logger)
{
    /// <summary>Of longer lists the first ones show what the engine knows.</summary>
    private const int MostLive = 200;

    /// <exception cref="GatewayException">There is no such agent, the name is taken, the cadence is none, or the engine is out of reach.</exception>
    public async Task<RunSchedule> AddAsync(string agentId, Func<AgentRow, DateTimeOffset, RunScheduleRow> make, CancellationToken cancellationToken)
    {
        var agent = await agents.GetAsync(AgentKeyword.ById(agentId), cancellationToken);
        var row = make(agent, time.GetUtcNow());
        // A first fire that comes before the commit finds no row and takes the engine's schedule away.
        row.CompareAt = time.GetUtcNow() + ScheduleComparison.Patience;
        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        data.Add(row);
        await SaveAsync(row, cancellationToken);
        await TellAsync("create", row.Id, () => engine.PutAsync(row, cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        KillPoints.Pass(SchedulePoints.AfterCommit);
        return await ToWireAsync(row, agent, cancellationToken);
    }

    /// <exception cref="GatewayException">There is no such agent or schedule.</exception>
    public async Task<RunSchedule> GetAsync(ScheduleKeyword keyword, CancellationToken cancellationToken)
    {
        var (row, agent) = await FindAsync(keyword, cancellationToken);
        return await ToWireAsync(row, agent, cancellationToken);
    }

    /// <summary>Newest first.</summary>
    /// <exception cref="GatewayException">There is no such agent.</exception>
    public async Task<RunScheduleList> ListAsync(string agentId, int limit, bool live, CancellationToken cancellationToken)
    {
        var agent = await agents.FindAsync(AgentKeyword.ById(agentId), cancellationToken);
        var rows = await data.RunSchedules.AsNoTracking().Where(row => row.AgentId == agent.Id).OrderByDescending(row => row.Ordinal).Take(limit).ToListAsync(cancellationToken);
        var shown = new List<RunSchedule>(rows.Count);
        foreach (var row in rows)
        {
            shown.Add(live && shown.Count < MostLive ? await ToWireAsync(row, agent, cancellationToken) : ToWire(row, agent));
        }

        return new RunScheduleList(shown, rows.Count);
    }

    /// <exception cref="GatewayException">There is no such agent or schedule, the new name is taken, the cadence is none, or the engine is out of reach.</exception>
    public async Task<RunSchedule> ChangeAsync(ScheduleKeyword keyword, Action<RunScheduleRow> change, CancellationToken cancellationToken)
    {
        var (found, agent) = await FindAsync(keyword, cancellationToken);
        await NoteAsync(found.Id, cancellationToken);
        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        var row = await LockAsync(found.Id, cancellationToken) ?? throw Unknown(keyword);
        change(row);
        row.UpdatedAt = time.GetUtcNow();
        row.Version++;
        row.CompareAt = null;
        await SaveAsync(row, cancellationToken);
        await TellAsync("update", row.Id, () => engine.PutAsync(row, cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        KillPoints.Pass(SchedulePoints.AfterCommit);
        return await ToWireAsync(row, agent, cancellationToken);
    }

    /// <summary>Begins a run by hand. It counts for nothing: the schedule's numbers are the clock's.</summary>
    /// <exception cref="GatewayException">There is no such agent or schedule, or the engine is out of reach.</exception>
    public async Task<RunSchedule> TriggerAsync(ScheduleKeyword keyword, CancellationToken cancellationToken)
    {
        var (row, agent) = await FindAsync(keyword, cancellationToken);
        var answer = await ToWireAsync(row, agent, cancellationToken);
        var now = time.GetUtcNow();
        await TellAsync("trigger", row.Id, () => engine.StartAsync(row, FireNames.Manual(row.Id, now), now, cancellationToken), cancellationToken);
        KillPoints.Pass(SchedulePoints.AfterTrigger);
        return answer;
    }

    /// <exception cref="GatewayException">There is no such agent or schedule, or the engine is out of reach.</exception>
    public async Task<Deleted> DeleteAsync(ScheduleKeyword keyword, CancellationToken cancellationToken)
    {
        var (found, _) = await FindAsync(keyword, cancellationToken);
        await NoteAsync(found.Id, cancellationToken);
        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        var row = await LockAsync(found.Id, cancellationToken) ?? throw Unknown(keyword);
        data.Remove(row);
        await data.SaveChangesAsync(cancellationToken);
        await TellAsync("delete", row.Id, () => engine.RemoveAsync(row.Id, cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        KillPoints.Pass(SchedulePoints.AfterCommit);
        return new Deleted(row.Id, $"Run schedule '{keyword.Text}' deleted successfully");
    }

    // Before the engine is told anything: should this process die, another one compares.
    private async Task NoteAsync(string id, CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow() + ScheduleComparison.Patience;
        await data.RunSchedules.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.CompareAt, at), cancellationToken);
    }

    private Task<RunScheduleRow?> LockAsync(string id, CancellationToken cancellationToken) =>
        data.RunSchedules.FromSql($"SELECT * FROM run_schedules WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);

    private async Task TellAsync(string verb, string id, Func<Task> tell, CancellationToken cancellationToken)
    {
        KillPoints.Pass(SchedulePoints.BeforeEngine);
        try
        {
            await tell();
        }
        catch (ScheduleRefusedException e)
        {
            throw GatewayException.BadRequest(e.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTold(e, id);
            throw new GatewayException(500, $"Failed to {verb} schedule '{FireNames.Prefix(id)}'");
        }

        KillPoints.Pass(SchedulePoints.AfterEngine);
    }

    private async Task SaveAsync(RunScheduleRow row, CancellationToken cancellationToken)
    {
        try
        {
            await data.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw GatewayException.BadRequest($"Run schedule '{row.Name}' already exists for agent '{row.AgentId}'");
        }
    }

    private async Task<(RunScheduleRow Row, AgentRow Agent)> FindAsync(ScheduleKeyword keyword, CancellationToken cancellationToken)
    {
        var row = await data.RunSchedules.AsNoTracking().SingleOrDefaultAsync(
            row => row.AgentId == keyword.AgentId && (keyword.Id != null ? row.Id == keyword.Id : row.Name == keyword.Name), cancellationToken) ?? throw Unknown(keyword);
        return (row, await agents.FindAsync(AgentKeyword.ById(keyword.AgentId), cancellationToken));
    }

    private static GatewayException Unknown(ScheduleKeyword keyword) => new(404, $"Run schedule '{keyword.Text}' for agent '{keyword.AgentId}' does not exist.");

    private async Task<RunSchedule> ToWireAsync(RunScheduleRow row, AgentRow agent, CancellationToken cancellationToken)
    {
        EngineSchedule? live = null;
        try
        {
            live = await engine.LookAsync(row.Id, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotSeen(e, row.Id);
        }

        return ToWire(row, agent) with
        {
            NextActionTimes = live?.NextTimes ?? [],
            LiveDataAvailable = live is not null,
            SkippedActionTimes = [.. row.Skipped.Where(at => at > time.GetUtcNow()).Order()],
            LastActionTime = live?.LastActionTime,
            NumActionsTaken = (int)(live?.Actions ?? 0),
        };
    }

    private static RunSchedule ToWire(RunScheduleRow row, AgentRow agent) => new()
    {
        Id = row.Id,
        AgentId = row.AgentId,
        Name = row.Name,
        Description = row.Description,
        CronExpression = row.CronExpression,
        IntervalSeconds = row.IntervalSeconds,
        Timezone = row.Timezone,
        StartAt = row.StartAt,
        EndAt = row.EndAt,
        Paused = row.Paused,
        TaskParams = row.TaskParams,
        TaskMetadata = row.TaskMetadata,
        InitialInput = new ScheduleInput { Author = row.InputAuthor, Content = row.InputContent },
        InitialInputMethod = agent.AcpType == AcpType.Sync ? "message/send" : "event/send",
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        State = row.Paused ? RunScheduleState.Paused : RunScheduleState.Active,
    };

    [LoggerMessage(LogLevel.Warning, "The engine was not told about schedule {ScheduleId}.")]
    private partial void LogNotTold(Exception exception, string scheduleId);

    [LoggerMessage(LogLevel.Warning, "The engine did not say how schedule {ScheduleId} stands.")]
    private partial void LogNotSeen(Exception exception, string scheduleId);
}

/// <summary>How a route names a schedule.</summary>
internal readonly record struct ScheduleKeyword(string AgentId, string? Id, string? Name)
{
    public string Text => Id ?? Name!;
}
