using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Gateway.Mailbox;

/// <summary>
/// Events that a remote agent acknowledged and did not handle, because its process died. An event counts as handled when the tracker reached it, the task
/// ended, or the agent finished a message after it was sent and has none under way. What is not handled is sent again when the agent registers anew, three
/// times at most; the agent sees it by the header of the attempt.
/// </summary>
internal sealed class LostMail(NpgsqlDataSource database, TimeProvider time)
{
    private const int MostLosses = 3;

    // An agent listens only after it has registered.
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(1);

    /// <summary>Makes an agent's unhandled events due again; the number of them.</summary>
    public async Task<int> ResendAsync(string agentId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE mailbox m SET state = 'pending', settled_at = NULL, leased_until = NULL, due_at = $2, losses = losses + 1
            FROM task_agents a JOIN tasks t ON t.id = a.task_id
            WHERE a.agent_id = $1 AND m.task_id = a.task_id AND m.agent_id = $1 AND m.kind = 'event' AND m.state = 'delivered' AND m.losses < $3
              AND t.status IN ('RUNNING', 'INTERRUPTED')
              AND NOT EXISTS (
                SELECT FROM events reached JOIN events own ON own.id = m.event_id
                WHERE reached.id = a.last_processed_event_id AND reached.sequence_id >= own.sequence_id)
              AND (
                NOT EXISTS (
                    SELECT FROM messages s
                    WHERE s.task_id = m.task_id AND s.content ->> 'author' = 'agent' AND s.streaming_status IS DISTINCT FROM 'IN_PROGRESS' AND s.updated_at >= m.sent_at)
                OR EXISTS (SELECT FROM messages s WHERE s.task_id = m.task_id AND s.content ->> 'author' = 'agent' AND s.streaming_status = 'IN_PROGRESS'))
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = agentId }, new() { Value = (time.GetUtcNow() + s_delay).ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { Value = MostLosses },
        });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
