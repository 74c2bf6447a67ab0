using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Records;
using Npgsql;

namespace Agents.Durable.Gateway.Messages;

/// <summary>
/// What a person says in a task that goes on as it is: the look at the task and the message's row in one statement, because the agent is called only after both.
/// </summary>
internal sealed class TurnInsert(NpgsqlDataSource database, OwnerScope scope, TimeProvider time)
{
    private const string Sql = $"""
        WITH task AS (
            SELECT {TaskColumns.All}, agent_id = $3 AND status NOT IN ('DELETED', 'INTERRUPTED') AS goes_on FROM tasks WHERE id = $1 AND owner = $2
        ), said AS (
            INSERT INTO messages (id, owner, task_id, content, streaming_status, created_at, updated_at)
            SELECT $4, $2, $1, $5, $6, $7, $7 FROM task WHERE goes_on
            ON CONFLICT (id) DO NOTHING
        )
        SELECT * FROM task
        """;

    /// <summary>The task, when it goes on as it is and the message is stored; null when it needs a closer look, and nothing is stored.</summary>
    public async Task<TaskRow?> TryAsync(AgentRow agent, string taskId, MessageContent content, StreamingStatus? status, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = ShortId.New(now);
        var json = Wire.ToJson(content);
        return await DatabaseAbsence.OutlastAsync(() => InsertAsync(), time, cancellationToken);

        async Task<TaskRow?> InsertAsync()
        {
            await using var statement = await PreparedStatement.OnAsync(
                database,
                Sql,
                [
                    SqlValue.Text(taskId), SqlValue.Text(scope.Owner.Value), SqlValue.Text(agent.Id), SqlValue.Text(id), SqlValue.Json(json),
                    SqlValue.Text(status is { } given ? EnumNames.Of(given) : null), SqlValue.Time(MessageStore.Stored(now)),
                ],
                cancellationToken);
            await using var reader = await statement.ReadAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) && reader.GetBoolean(reader.FieldCount - 1) ? TaskColumns.Read(reader) : null;
        }
    }
}
