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
    private const int DelaySeconds = 1;
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(DelaySeconds);

    /// <summary>When the agent of mail <c>m</c> registered while a delivery was under way, in SQL. What went over a connection after that went to the process that lives.</summary>
    public static readonly string RegisteredAt = $"(m.resend_at - interval '{DelaySeconds} seconds')";

    /// <summary>Whether mail <c>m</c> that was acknowledged by a process that may be dead is to be sent again: a condition in SQL.</summary>
    public static readonly string IsLost = $"""
        m.kind = 'event' AND m.losses < {MostLosses} AND EXISTS (
            SELECT FROM task_agents a JOIN tasks t ON t.id = a.task_id
            WHERE a.task_id = m.task_id AND a.agent_id = m.agent_id AND t.status IN ('RUNNING', 'INTERRUPTED')
              AND NOT EXISTS (
                SELECT FROM events reached JOIN events own ON own.id = m.event_id
                WHERE reached.id = a.last_processed_event_id AND reached.sequence_id >= own.sequence_id)
              AND (
                NOT EXISTS (
                    SELECT FROM messages s
                    WHERE s.task_id = m.task_id AND s.content ->> 'author' = 'agent' AND s.streaming_status IS DISTINCT FROM 'IN_PROGRESS' AND s.updated_at >= m.sent_at)
                OR EXISTS (SELECT FROM messages s WHERE s.task_id = m.task_id AND s.content ->> 'author' = 'agent' AND s.streaming_status = 'IN_PROGRESS')))
        """;

    // One statement for what is acknowledged and what is under way, because a row may become the former while this waits for it.
    private static readonly string s_resend = $"""
        UPDATE mailbox m SET
            state = 'pending', settled_at = NULL,
            leased_until = CASE WHEN m.state = 'pending' THEN m.leased_until END,
            due_at = CASE WHEN m.state = 'pending' THEN m.due_at ELSE $2 END,
            losses = m.losses + CASE WHEN m.state = 'pending' THEN 0 ELSE 1 END,
            resend_at = CASE WHEN m.state = 'pending' THEN $2 END
        WHERE m.agent_id = $1 AND m.task_id IN (SELECT task_id FROM task_agents WHERE agent_id = $1)
          AND m.state IN ('delivered', 'pending') AND m.sent_at IS NOT NULL AND {IsLost}
        """;

    /// <summary>
    /// Makes an agent's unhandled events due again, and doubts the acknowledgements that are still to come of deliveries under way: <see cref="MailboxStore.SettleAsync"/>.
    /// </summary>
    public async Task ResendAsync(string agentId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(s_resend);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = agentId }, new() { Value = (time.GetUtcNow() + s_delay).ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz },
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
