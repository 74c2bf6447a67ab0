using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>Gets or creates the task that a call is about.</summary>
internal sealed class TaskCreation(DataContext data, OwnerScope scope, TaskDirectory tasks, TaskInsert insert, TaskChanges changes, TaskNews news, TimeProvider time)
{
    /// <summary>Names the mail of a task's creation, which is there once.</summary>
    public const string CreationKey = "create";

    /// <summary>Where a task's creation lies in its mailbox.</summary>
    public const long CreationPosition = 1;

    /// <summary>The same as SQL.</summary>
    internal const string CreationPositionText = "1";

    /// <summary>
    /// The task of this name, or a new one; without a name always a new one. The empty name is one, but nothing is found by it. A known task gets the call's parameters, if there are any, keeps its metadata,
    /// and goes on when it was interrupted.
    /// </summary>
    /// <exception cref="GatewayException">The empty name is taken.</exception>
    public async Task<TaskRow> GetOrCreateAsync(AgentRow agent, NewTask wanted, CancellationToken cancellationToken)
    {
        if (wanted.Name is { Length: > 0 } name && await tasks.TryFindAsync(TaskKeyword.ByName(name), cancellationToken) is { } known)
        {
            return await ResumeAsync(agent, known, wanted.Params, cancellationToken);
        }

        return await CreateAsync(agent, wanted, cancellationToken);
    }

    /// <summary>A known task that is spoken to again.</summary>
    public async Task<TaskRow> ResumeAsync(AgentRow agent, TaskRow task, JsonElement? parameters, CancellationToken cancellationToken)
    {
        if (parameters is { } given)
        {
            var now = time.GetUtcNow();
            // What says the same again changes nothing, not even the task's place in lists, and viewers hear of nothing.
            var changed = await data.Database.ExecuteSqlAsync(
                $"UPDATE tasks SET params = {Storable.Json(given.GetRawText())}::jsonb, updated_at = {now} WHERE id = {task.Id} AND params IS DISTINCT FROM {Storable.Json(given.GetRawText())}::jsonb",
                cancellationToken);
            if (changed > 0)
            {
                await news.PublishAsync((await tasks.FindAsync(TaskKeyword.ById(task.Id), cancellationToken)).ToWire(), cancellationToken);
            }
        }

        if (agent.Id != task.AgentId)
        {
            // The agent that the task was made for is linked since then.
            await EnsureLinkAsync(agent, task.Id, cancellationToken);
        }

        if (task.Status == AgentTaskStatus.Interrupted)
        {
            await changes.TryMoveAsync(task.Id, TaskTransition.Resume, null, cancellationToken);
        }

        return parameters is null && task.Status != AgentTaskStatus.Interrupted ? task : await tasks.FindAsync(TaskKeyword.ById(task.Id), cancellationToken);
    }

    // A name may be taken between the look for it and the insert.
    private async Task<TaskRow> CreateAsync(AgentRow agent, NewTask wanted, CancellationToken cancellationToken)
    {
        if (await insert.TryAsync(agent, scope.Owner, wanted, cancellationToken) is { } made)
        {
            return made;
        }

        return wanted.Name is { Length: > 0 } name
            ? await ResumeAsync(agent, await tasks.FindAsync(TaskKeyword.ByName(name), cancellationToken), wanted.Params, cancellationToken)
            : throw GatewayException.Taken();
    }

    private async Task EnsureLinkAsync(AgentRow agent, string taskId, CancellationToken cancellationToken) => await data.Database.ExecuteSqlAsync(
        $"INSERT INTO task_agents (task_id, agent_id, owner) VALUES ({taskId}, {agent.Id}, {agent.Owner}) ON CONFLICT DO NOTHING", cancellationToken);
}

internal sealed record NewTask(string? Name, JsonElement? Params, JsonElement? Metadata);
