using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Requests;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>
/// Changes tasks. A status changes by compare-and-set in one statement, so of two that race one wins and the other is told; the task's viewers hear of a
/// change after it is committed.
/// </summary>
internal sealed class TaskChanges(DataContext data, OwnerScope scope, TaskDirectory tasks, TaskNews news, TimeProvider time)
{
    /// <summary>Whether the change was made: the task was in a status from which it may be.</summary>
    /// <param name="reason">Empty counts as none.</param>
    public async Task<bool> TryMoveAsync(string taskId, TaskTransition transition, string? reason, CancellationToken cancellationToken)
    {
        var from = transition.From;
        var to = transition.To;
        var text = string.IsNullOrEmpty(reason) ? transition.UsualReason : reason;
        return await MoveAsync(data.Tasks.Where(row => row.Id == taskId && from.Contains(row.Status)), taskId, to, text, cancellationToken);
    }

    /// <summary>Fails an open task with this very reason, which may be empty.</summary>
    public async Task<bool> TryFailAsync(string taskId, string reason, CancellationToken cancellationToken) => await MoveAsync(
        data.Tasks.Where(row => row.Id == taskId && (row.Status == AgentTaskStatus.Running || row.Status == AgentTaskStatus.Interrupted || row.Status == AgentTaskStatus.Failed)),
        taskId, AgentTaskStatus.Failed, reason, cancellationToken);

    /// <exception cref="Errors.GatewayException">There is no such task, or it is in a status that forbids this.</exception>
    public async Task<TaskRow> MoveAsync(TaskKeyword task, TaskTransition transition, string? reason, CancellationToken cancellationToken)
    {
        var row = await tasks.GetAsync(task, cancellationToken);
        var moved = await TryMoveAsync(row.Id, transition, reason, cancellationToken);
        row = await tasks.FindAsync(TaskKeyword.ById(row.Id), cancellationToken);
        return moved ? row : throw transition.Refusal(row.Id, row.Status);
    }

    /// <summary>PUT: metadata is replaced, parameters are merged key by key.</summary>
    public async Task<TaskRow> UpdateAsync(TaskKeyword task, Fields body, CancellationToken cancellationToken)
    {
        var metadata = body.OptionalObject("task_metadata");
        var patch = body.OptionalObject("merge_params");
        body.Problems.ThrowIfAny();
        var row = await tasks.GetAsync(task, cancellationToken);
        if (metadata is null && patch?.EnumerateObject().Any() != true)
        {
            return row;
        }

        var id = row.Id;
        var owner = scope.Owner.Value;
        var now = time.GetUtcNow();
        await data.Database.ExecuteSqlAsync(
            $"""
            UPDATE tasks SET
                params = CASE WHEN {patch?.GetRawText()}::jsonb IS NULL THEN params ELSE coalesce(nullif(params, 'null'::jsonb), jsonb_build_object()) || {patch?.GetRawText()}::jsonb END,
                task_metadata = coalesce({metadata?.GetRawText()}::jsonb, task_metadata),
                updated_at = {now}
            WHERE id = {id} AND owner = {owner}
            """, cancellationToken);
        row = await tasks.FindAsync(TaskKeyword.ById(id), cancellationToken);
        if (metadata is not null)
        {
            await news.PublishAsync(row.ToWire(), cancellationToken);
        }

        return row;
    }

    private async Task<bool> MoveAsync(IQueryable<TaskRow> rows, string taskId, AgentTaskStatus to, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var changed = await rows.ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Status, to).SetProperty(row => row.StatusReason, reason).SetProperty(row => row.UpdatedAt, now), cancellationToken);
        if (changed == 0)
        {
            return false;
        }

        KillPoints.Pass("status.after_stored");
        var row = await tasks.FindAsync(TaskKeyword.ById(taskId), cancellationToken);
        await news.PublishAsync(row.ToWire(), cancellationToken);
        return true;
    }
}
