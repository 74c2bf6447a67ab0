using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Sessions;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>Gets or creates the task that a call is about.</summary>
internal sealed class TaskCreation(DataContext data, TaskDirectory tasks, TaskChanges changes, TimeProvider time)
{
    /// <summary>Names the mail of a task's creation, which is there once.</summary>
    public const string CreationKey = "create";

    /// <summary>Where a task's creation lies in its mailbox.</summary>
    public const long CreationPosition = 1;

    private const string FirstReason = "Task created, forwarding to ACP server";

    /// <summary>
    /// The task of this name, or a new one; without a name always a new one. A known task gets the call's parameters, if there are any, keeps its metadata,
    /// and goes on when it was interrupted.
    /// </summary>
    public async Task<TaskRow> GetOrCreateAsync(AgentRow agent, NewTask wanted, CancellationToken cancellationToken)
    {
        if (wanted.Name is { } name)
        {
            var known = await data.Tasks.AsNoTracking().SingleOrDefaultAsync(row => row.Name == name, cancellationToken);
            if (known is not null)
            {
                return await ResumeAsync(agent, known, wanted.Params, cancellationToken);
            }
        }

        return await CreateAsync(agent, wanted, cancellationToken);
    }

    /// <summary>A known task that is spoken to again.</summary>
    public async Task<TaskRow> ResumeAsync(AgentRow agent, TaskRow task, JsonElement? parameters, CancellationToken cancellationToken)
    {
        if (parameters is { } given)
        {
            var now = time.GetUtcNow();
            await data.Tasks.Where(row => row.Id == task.Id).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.Params, given).SetProperty(row => row.UpdatedAt, now), cancellationToken);
        }

        await EnsureLinkAsync(agent, task.Id, cancellationToken);
        if (task.Status == AgentTaskStatus.Interrupted)
        {
            await changes.TryMoveAsync(task.Id, TaskTransition.Resume, null, cancellationToken);
        }

        return await tasks.FindAsync(TaskKeyword.ById(task.Id), cancellationToken);
    }

    private async Task<TaskRow> CreateAsync(AgentRow agent, NewTask wanted, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var task = new TaskRow
        {
            Id = Guid.CreateVersion7(now).ToString(),
            Name = wanted.Name,
            Status = AgentTaskStatus.Running,
            StatusReason = FirstReason,
            Params = wanted.Params,
            TaskMetadata = wanted.Metadata,
            AgentId = agent.Id,
            CreatedAt = now,
            UpdatedAt = now,
        };
        data.Tasks.Add(task);
        data.TaskAgents.Add(new TaskAgentRow { TaskId = task.Id, AgentId = agent.Id, Id = Guid.CreateVersion7(now).ToString(), CreatedAt = now, UpdatedAt = now });
        if (agent.Kind != AgentKind.Acp)
        {
            // In the transaction that makes the task: whatever happens after it, the sweep finds the mail and starts the workflow.
            task.MailboxPosition = CreationPosition;
            data.Mailbox.Add(new MailboxRow
            {
                TaskId = task.Id,
                Position = CreationPosition,
                Kind = MailboxKind.Create,
                AgentId = agent.Id,
                IdempotencyKey = CreationKey,
                DueAt = now + SessionMail.Patience,
                CreatedAt = now,
            });
        }

        try
        {
            await data.SaveChangesAsync(cancellationToken);
            data.ChangeTracker.Clear();
            return await tasks.FindAsync(TaskKeyword.ById(task.Id), cancellationToken);
        }
        catch (DbUpdateException e) when (wanted.Name is not null && e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Somebody else created it at the same moment.
            data.ChangeTracker.Clear();
            return await ResumeAsync(agent, await tasks.FindAsync(TaskKeyword.ByName(wanted.Name), cancellationToken), wanted.Params, cancellationToken);
        }
    }

    private async Task EnsureLinkAsync(AgentRow agent, string taskId, CancellationToken cancellationToken) => await data.Database.ExecuteSqlAsync(
        $"INSERT INTO task_agents (task_id, agent_id, owner) VALUES ({taskId}, {agent.Id}, {agent.Owner}) ON CONFLICT DO NOTHING", cancellationToken);
}

internal sealed record NewTask(string? Name, JsonElement? Params, JsonElement? Metadata);
