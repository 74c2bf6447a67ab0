using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Sessions;
using Npgsql;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>A new task with its link to its agent and, for agents of our own, the mail that starts its workflow: one statement, so one commit.</summary>
internal sealed class TaskInsert(NpgsqlDataSource database, TimeProvider time)
{
    private const string FirstReason = "Task created, forwarding to ACP server";

    // Whatever happens after the commit, the sweep finds the mail and starts the workflow.
    private const string Sql = $"""
        WITH made AS (
            INSERT INTO tasks (id, owner, name, status, status_reason, params, task_metadata, agent_id, created_at, updated_at, mailbox_position)
            VALUES ($1, $2, $3, 'RUNNING', $4, $5, $6, $7, $8, $8, CASE WHEN $9 THEN {TaskCreation.CreationPositionText} ELSE 0 END)
            ON CONFLICT DO NOTHING RETURNING {TaskColumns.All}
        ), link AS (
            INSERT INTO task_agents (task_id, agent_id, owner, id, created_at, updated_at) SELECT $1, $7, $2, $10, $8, $8 FROM made
        ), mail AS (
            INSERT INTO mailbox (task_id, position, owner, kind, agent_id, idempotency_key, due_at, created_at)
            SELECT $1, {TaskCreation.CreationPositionText}, $2, 'create', $7, '{TaskCreation.CreationKey}', $11, $8 FROM made WHERE $9
        )
        SELECT * FROM made
        """;

    /// <summary>The task as it is stored; null when there is one of this name.</summary>
    public async Task<TaskRow?> TryAsync(AgentRow agent, OwnerId owner, NewTask wanted, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var statement = await PreparedStatement.OnAsync(database, Sql,
        [
            SqlValue.Text(Guid.CreateVersion7(now).ToString()), SqlValue.Text(owner.Value), SqlValue.Text(wanted.Name), SqlValue.Text(FirstReason),
            SqlValue.Json(wanted.Params?.GetRawText()), SqlValue.Json(wanted.Metadata?.GetRawText()), SqlValue.Text(agent.Id), SqlValue.Time(now),
            new NpgsqlParameter { Value = agent.Kind != AgentKind.Acp }, SqlValue.Text(Guid.CreateVersion7(now).ToString()), SqlValue.Time(now + SessionMail.Patience),
        ], cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? TaskColumns.Read(reader) : null;
    }
}
