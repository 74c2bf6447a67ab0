using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>The schedules of agents. Every change computes anew when the schedule fires next.</summary>
internal sealed class RunScheduleStore(DataContext data, AgentDirectory agents, TimeProvider time)
{
    /// <exception cref="GatewayException">There is no such agent, the name is taken, or the cadence is none.</exception>
    public async Task<RunSchedule> AddAsync(string agentId, Func<AgentRow, DateTimeOffset, RunScheduleRow> make, CancellationToken cancellationToken)
    {
        var agent = await agents.GetAsync(AgentKeyword.ById(agentId), cancellationToken);
        var row = make(agent, time.GetUtcNow());
        data.Add(row);
        await SaveAsync(row, cancellationToken);
        return ToWire(row, agent, live: true);
    }

    /// <exception cref="GatewayException">There is no such agent or schedule.</exception>
    public async Task<RunSchedule> GetAsync(ScheduleKeyword keyword, CancellationToken cancellationToken)
    {
        var (row, agent) = await FindAsync(keyword, cancellationToken);
        return ToWire(row, agent, live: true);
    }

    /// <summary>Newest first.</summary>
    /// <exception cref="GatewayException">There is no such agent.</exception>
    public async Task<RunScheduleList> ListAsync(string agentId, int limit, bool live, CancellationToken cancellationToken)
    {
        var agent = await agents.GetAsync(AgentKeyword.ById(agentId), cancellationToken);
        var rows = await data.RunSchedules.AsNoTracking().Where(row => row.AgentId == agent.Id).OrderByDescending(row => row.Ordinal).Take(limit).ToListAsync(cancellationToken);
        return new RunScheduleList([.. rows.Select(row => ToWire(row, agent, live))], rows.Count);
    }

    /// <exception cref="GatewayException">There is no such agent or schedule, the new name is taken, or the cadence is none.</exception>
    public async Task<RunSchedule> ChangeAsync(ScheduleKeyword keyword, Action<RunScheduleRow> change, CancellationToken cancellationToken)
    {
        var (row, agent) = await FindAsync(keyword, cancellationToken);
        change(row);
        row.UpdatedAt = time.GetUtcNow();
        await SaveAsync(row, cancellationToken);
        return ToWire(row, agent, live: true);
    }

    /// <exception cref="GatewayException">There is no such agent or schedule.</exception>
    public async Task<RunSchedule> TriggerAsync(ScheduleKeyword keyword, CancellationToken cancellationToken)
    {
        var (row, agent) = await FindAsync(keyword, cancellationToken);
        var now = time.GetUtcNow();
        data.Add(new ScheduleFireRow
        {
            Id = FireNames.Manual(row.Id, now),
            ScheduleId = row.Id,
            TriggerType = "manual",
            FireTime = now,
            DueAt = now,
        });
        var answer = ToWire(row, agent, live: true);
        row.Actions++;
        row.LastActionTime = now;
        await data.SaveChangesAsync(cancellationToken);
        return answer;
    }

    /// <exception cref="GatewayException">There is no such agent or schedule.</exception>
    public async Task<Deleted> DeleteAsync(ScheduleKeyword keyword, CancellationToken cancellationToken)
    {
        var (row, _) = await FindAsync(keyword, cancellationToken);
        await data.RunSchedules.Where(schedule => schedule.Id == row.Id).ExecuteDeleteAsync(cancellationToken);
        return new Deleted(row.Id, $"Run schedule '{keyword.Text}' deleted successfully");
    }

    private async Task SaveAsync(RunScheduleRow row, CancellationToken cancellationToken)
    {
        Cadence.Check(row);
        row.NextAt = Cadence.After(row, time.GetUtcNow()).Select(next => (DateTimeOffset?)next).FirstOrDefault();
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
        var agent = await agents.GetAsync(AgentKeyword.ById(keyword.AgentId), cancellationToken);
        var row = await data.RunSchedules.SingleOrDefaultAsync(
            row => row.AgentId == agent.Id && (keyword.Id != null ? row.Id == keyword.Id : row.Name == keyword.Name), cancellationToken);
        return (row ?? throw new GatewayException(404, $"Run schedule '{keyword.Text}' for agent '{agent.Id}' does not exist."), agent);
    }

    private RunSchedule ToWire(RunScheduleRow row, AgentRow agent, bool live)
    {
        const int MostTimes = 10;
        return new RunSchedule
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
            NextActionTimes = live ? [.. Cadence.After(row, time.GetUtcNow()).Take(MostTimes)] : [],
            LiveDataAvailable = live ? true : null,
            SkippedActionTimes = live ? [.. row.Skipped.Order()] : [],
            LastActionTime = live ? row.LastActionTime : null,
            NumActionsTaken = live ? row.Actions : 0,
        };
    }
}

/// <summary>How a route names a schedule.</summary>
internal readonly record struct ScheduleKeyword(string AgentId, string? Id, string? Name)
{
    public string Text => Id ?? Name!;
}
