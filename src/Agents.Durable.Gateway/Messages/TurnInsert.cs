using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Records;
using Npgsql;

namespace Agents.Durable.Gateway.Messages;

/// <summary>A message that was stored, with its agent and its task as they were then.</summary>
internal sealed record Turn(AgentRow Agent, TaskRow Task);

/// <summary>
/// What a person says to a synchronous agent that can be called, in a task that goes on as it is: the looks at both and the message's row in one statement, because
/// the agent is called only after all three.
/// </summary>
internal sealed class TurnInsert(NpgsqlDataSource database, OwnerScope scope, TimeProvider time)
{
    private const int TaskColumnCount = 12;
    private static readonly string s_byId = Sql("id");
    private static readonly string s_byName = Sql("name");

    /// <summary>Null when agent or task need a closer look, or are not there; then nothing is stored.</summary>
    public async Task<Turn?> TryAsync(AgentKeyword agent, string taskId, MessageContent content, StreamingStatus? status, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = ShortId.New(now);
        var json = Wire.ToJson(content);

        // Again after a lost connection, the message is either there or is stored now: the id is its own.
        return await DatabaseAbsence.OutlastAsync(() => InsertAsync(), time, cancellationToken);

        async Task<Turn?> InsertAsync()
        {
            await using var statement = await PreparedStatement.OnAsync(
                database,
                agent.Id is null ? s_byName : s_byId,
                [
                    SqlValue.Text(agent.Text), SqlValue.Text(taskId), SqlValue.Text(scope.Owner.Value), SqlValue.Text(id), SqlValue.Json(json),
                    SqlValue.Text(status is { } given ? EnumNames.Of(given) : null), SqlValue.Time(MessageStore.Stored(now)),
                ],
                cancellationToken);
            await using var reader = await statement.ReadAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken)
                ? new Turn(AgentColumns.Read(reader), TaskColumns.Read(reader, reader.FieldCount - TaskColumnCount))
                : null;
        }
    }

    private static string Sql(string keyword) => $"""
        WITH agent AS (
            SELECT {AgentColumns.All} FROM agents
            WHERE {keyword} = $1 AND owner = $3 AND kind = '{EnumNames.Of(AgentKind.Acp)}' AND acp_type = '{EnumNames.Of(AcpType.Sync)}' AND acp_url IS NOT NULL
                AND status <> '{EnumNames.Of(AgentStatus.Deleted)}'
        ), task AS (
            SELECT {TaskColumns.All} FROM tasks
            WHERE id = $2 AND owner = $3 AND agent_id = (SELECT id FROM agent) AND status NOT IN ('{EnumNames.Of(AgentTaskStatus.Deleted)}', '{EnumNames.Of(AgentTaskStatus.Interrupted)}')
        ), said AS (
            INSERT INTO messages (id, owner, task_id, content, streaming_status, created_at, updated_at) SELECT $4, $3, $2, $5, $6, $7, $7 FROM task
            ON CONFLICT (id) DO NOTHING
        )
        SELECT * FROM agent, task
        """;
}
