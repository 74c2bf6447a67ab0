using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Messages;
using Agents.Durable.Gateway.Records;
using Agents.Durable.Gateway.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Retention;

/// <summary>Takes the content of tasks out, deletes it, and puts it back. The task's row stays through all of it.</summary>
internal sealed class TaskArchive(DataContext data, TaskDirectory tasks, TimeProvider time)
{
    /// <exception cref="GatewayException">There is no such task.</exception>
    public async Task<TaskExport> ExportAsync(string taskId, CancellationToken cancellationToken)
    {
        await tasks.FindAsync(TaskKeyword.ById(taskId), cancellationToken);
        var messages = await data.Messages.AsNoTracking().Where(row => row.TaskId == taskId).OrderBy(row => row.CreatedAt).ThenBy(row => row.Ordinal).ToListAsync(cancellationToken);
        var states = await data.States.AsNoTracking().Where(row => row.TaskId == taskId).OrderBy(row => row.CreatedAt).ThenBy(row => row.Ordinal).ToListAsync(cancellationToken);
        return new TaskExport { TaskId = taskId, Messages = [.. messages.Select(row => row.ToWire())], TaskStates = [.. states.Select(row => row.ToWire())] };
    }

    /// <summary>
    /// Deletes what was said and remembered: messages, states, events, and what our own runs and viewers had of them. Refused for tasks that run, for those
    /// where something happened within <paramref name="idleDays"/> unless forced, and while an agent's tracker is behind its events. Once is enough.
    /// </summary>
    /// <exception cref="GatewayException">There is no such task, or it may not be cleaned.</exception>
    public async Task<CleanedTask> CleanAsync(string taskId, bool force, int idleDays, CancellationToken cancellationToken)
    {
        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        // Nothing is added to the task, and its status does not change, until this is done.
        await data.Database.ExecuteSqlAsync($"SELECT FROM tasks WHERE id = {taskId} FOR UPDATE", cancellationToken);
        var task = await tasks.FindAsync(TaskKeyword.ById(taskId), cancellationToken);
        if (task.CleanedAt is { } before)
        {
            return new CleanedTask { TaskId = taskId, CleanedAt = before, MessagesDeleted = 0, TaskStatesDeleted = 0, EventsDeleted = 0 };
        }

        var now = time.GetUtcNow();
        await CheckCleanableAsync(task, force ? null : now.AddDays(-idleDays), idleDays, cancellationToken);
        var messages = await data.Messages.Where(row => row.TaskId == taskId).ExecuteDeleteAsync(cancellationToken);
        var states = await data.States.Where(row => row.TaskId == taskId).ExecuteDeleteAsync(cancellationToken);
        await data.Database.ExecuteSqlAsync(
            $"UPDATE mailbox SET event_id = NULL, state = CASE WHEN state = 'pending' THEN 'dead' ELSE state END WHERE task_id = {taskId}", cancellationToken);
        var events = await data.Events.Where(row => row.TaskId == taskId).ExecuteDeleteAsync(cancellationToken);
        await data.TaskAgents.Where(row => row.TaskId == taskId).ExecuteUpdateAsync(set => set.SetProperty(row => row.LastProcessedEventId, (string?)null), cancellationToken);
        await CleanRunAsync(taskId, cancellationToken);
        await data.Tasks.Where(row => row.Id == taskId).ExecuteUpdateAsync(set => set.SetProperty(row => row.CleanedAt, now).SetProperty(row => row.UpdatedAt, now), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CleanedTask { TaskId = taskId, CleanedAt = now, MessagesDeleted = messages, TaskStatesDeleted = states, EventsDeleted = events };
    }

    /// <summary>Puts an export back into a task that was cleaned: what has the id of something that is there replaces it.</summary>
    /// <exception cref="GatewayException">There is no such task, it was not cleaned, or something belongs to another one.</exception>
    public async Task RestoreAsync(TaskExport content, CancellationToken cancellationToken)
    {
        CheckOwner(content.Messages.Select(message => message.TaskId), "message", content.TaskId);
        CheckOwner(content.TaskStates.Select(state => state.TaskId), "task_states", content.TaskId);
        var task = await tasks.FindAsync(TaskKeyword.ById(content.TaskId), cancellationToken);
        if (task.CleanedAt is null)
        {
            throw GatewayException.BadRequest($"Cannot rehydrate task {task.Id}: task is not in cleaned state (cleaned_at is NULL)");
        }

        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        foreach (var message in content.Messages)
        {
            await RestoreAsync(task, message, cancellationToken);
        }

        foreach (var state in content.TaskStates)
        {
            await RestoreAsync(task, state, cancellationToken);
        }

        await data.Tasks.Where(row => row.Id == task.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.CleanedAt, (DateTimeOffset?)null).SetProperty(row => row.UpdatedAt, time.GetUtcNow()), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static void CheckOwner(IEnumerable<string> taskIds, string what, string expected)
    {
        foreach (var (index, taskId) in taskIds.Index())
        {
            if (taskId != expected)
            {
                throw GatewayException.BadRequest($"Snapshot {what}[{index}] task_id ({taskId}) does not match path task_id ({expected})");
            }
        }
    }

    /// <param name="latest">When something may have happened last; null for any time.</param>
    private async Task CheckCleanableAsync(TaskRow task, DateTimeOffset? latest, int idleDays, CancellationToken cancellationToken)
    {
        // A run of ours may take up an interrupted task at any moment; remote agents take what there is then.
        var isRemote = await data.Agents.AnyAsync(row => row.Id == task.AgentId && row.Kind == AgentKind.Acp, cancellationToken);
        if (task.Status == AgentTaskStatus.Running || (task.Status.IsOpen() && !isRemote))
        {
            throw GatewayException.BadRequest($"Cannot clean task {task.Id}: status is {EnumNames.Of(task.Status)} (active)");
        }

        if (latest is { } moment && (task.UpdatedAt >= moment || await data.Messages.AnyAsync(row => row.TaskId == task.Id && row.CreatedAt >= moment, cancellationToken)))
        {
            throw GatewayException.BadRequest($"Cannot clean task {task.Id}: not idle for {idleDays} days (use force=true to override)");
        }

        // Runs of ours have a cursor of their own and no use for the tracker's.
        if (isRemote && await data.TaskAgents.Where(row => row.TaskId == task.Id).AnyAsync(
            row => data.Events.Any(sent => sent.TaskId == row.TaskId && sent.AgentId == row.AgentId
                && sent.SequenceId > (data.Events.Where(last => last.Id == row.LastProcessedEventId).Select(last => (long?)last.SequenceId).FirstOrDefault() ?? 0)),
            cancellationToken))
        {
            throw GatewayException.BadRequest($"Cannot clean task {task.Id}: unprocessed events remain");
        }
    }

    // A row of another task, or another owner, with the same id is left alone.
    private async Task RestoreAsync(TaskRow task, TaskMessage message, CancellationToken cancellationToken)
    {
        var content = Storable.Json(Wire.ToJson(message.Content));
        var status = message.StreamingStatus is { } given ? EnumNames.Of(given) : null;
        var created = (message.CreatedAt ?? time.GetUtcNow()).ToUniversalTime();
        var updated = (message.UpdatedAt ?? created).ToUniversalTime();
        await data.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO messages (id, owner, task_id, content, streaming_status, created_at, updated_at)
            VALUES ({message.Id ?? ShortId.New(created)}, {task.Owner}, {task.Id}, {content}::jsonb, {status}, {created}, {updated})
            ON CONFLICT (id) DO UPDATE SET content = excluded.content, streaming_status = excluded.streaming_status, created_at = excluded.created_at, updated_at = excluded.updated_at
            WHERE messages.task_id = excluded.task_id
            """, cancellationToken);
    }

    private async Task RestoreAsync(TaskRow task, AgentState state, CancellationToken cancellationToken)
    {
        var body = Storable.Json(state.State.GetRawText());
        var created = state.CreatedAt.ToUniversalTime();
        var updated = (state.UpdatedAt ?? created).ToUniversalTime();
        await data.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO states (id, owner, task_id, agent_id, state, created_at, updated_at)
            VALUES ({state.Id}, {task.Owner}, {task.Id}, {state.AgentId}, {body}::jsonb, {created}, {updated})
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, created_at = excluded.created_at, updated_at = excluded.updated_at
            WHERE states.task_id = excluded.task_id
            """, cancellationToken);
    }

    // Sequence numbers and the mailbox's cursor stay: a task that is tried again goes on after them, with an empty transcript.
    private async Task CleanRunAsync(string taskId, CancellationToken cancellationToken)
    {
        await data.Database.ExecuteSqlAsync($"DELETE FROM task_stream WHERE task_id = {taskId}", cancellationToken);
        await data.Database.ExecuteSqlAsync($"DELETE FROM effects WHERE task_id = {taskId}", cancellationToken);
        await data.Database.ExecuteSqlAsync(
            $"""
            WITH gone AS (DELETE FROM transcript WHERE task_id = {taskId} RETURNING hash)
            DELETE FROM transcript_contents c USING gone WHERE c.hash = gone.hash AND NOT EXISTS (SELECT FROM transcript t WHERE t.hash = c.hash AND t.task_id <> {taskId})
            """, cancellationToken);
    }
}
