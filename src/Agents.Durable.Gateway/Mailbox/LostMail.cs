using Agents.Durable.Data;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Gateway.Mailbox;

/// <summary>
/// Events that a remote agent acknowledged and did not handle, because its process died. An event counts as handled when the tracker reached it, the task
/// ended, or the agent began a message after it was sent, finished it, and has none of that time under way; one that it has is another event's, if an answer
/// to this one was finished before that other was sent. What is not handled is sent again when the agent registers anew, three times at most; the agent sees
/// it by the header of the attempt.
/// </summary>
internal sealed class LostMail(NpgsqlDataSource database, TimeProvider time)
{
    private const int MostLosses = 3;

    // An agent listens only after it has registered.
    private const int DelaySeconds = 1;
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(DelaySeconds);

    /// <summary>When the agent of mail <c>m</c> registered while a delivery was under way, in SQL. What went over a connection after that went to the process that lives.</summary>
    public static readonly string RegisteredAt = $"(m.resend_at - interval '{DelaySeconds} seconds')";

    /// <summary>
    /// The last ordinal that messages were given, in SQL. Mail has it from its first sending, and anew after each loss, and is answered by later messages alone: times
    /// would not tell, for agents date their messages.
    /// </summary>
    public const string LastMessage = "(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM messages_ordinal_seq)";

    private static string CanAnswer(string message, string mail) =>
        $"{message}.task_id = {mail}.task_id AND {message}.content ->> 'author' = 'agent' AND {message}.ordinal > {mail}.last_message";

    private static string IsFinished(string message) => $"{message}.streaming_status IS DISTINCT FROM 'IN_PROGRESS'";

    /// <summary>Whether mail <c>m</c> that was acknowledged by a process that may be dead is to be sent again: a condition in SQL.</summary>
    public static readonly string IsLost = $"""
        m.kind = 'event' AND m.event_id IS NOT NULL AND m.losses < {MostLosses} AND EXISTS (
            SELECT FROM task_agents a JOIN tasks t ON t.id = a.task_id
            WHERE a.task_id = m.task_id AND a.agent_id = m.agent_id AND t.status IN ('RUNNING', 'INTERRUPTED')
              AND NOT EXISTS (
                SELECT FROM events reached JOIN events own ON own.id = m.event_id
                WHERE reached.id = a.last_processed_event_id AND reached.sequence_id >= own.sequence_id)
              AND (
                NOT EXISTS (SELECT FROM messages s WHERE {CanAnswer("s", "m")} AND {IsFinished("s")})
                OR EXISTS (
                    SELECT FROM messages s
                    WHERE {CanAnswer("s", "m")} AND NOT ({IsFinished("s")}) AND NOT EXISTS (
                        SELECT FROM mailbox n JOIN messages f ON {CanAnswer("f", "m")} AND {IsFinished("f")} AND f.updated_at < n.sent_at
                        WHERE n.task_id = m.task_id AND n.kind = 'event' AND n.position > m.position AND {CanAnswer("s", "n")}))))
        """;

    // One statement for what is acknowledged and what is under way, because a row may become the former while this waits for it. What is not lost with the
    // process that had it is not asked about again: what a later process leaves unfinished has nothing to do with it.
    private static readonly string s_resend = $"""
        UPDATE mailbox m SET (state, settled_at, due_at, losses, last_message, resend_at, sent_at) = (
            SELECT
                CASE WHEN again THEN 'pending' ELSE m.state END, CASE WHEN NOT again THEN m.settled_at END, CASE WHEN again THEN $2 ELSE m.due_at END, m.losses + again::integer,
                CASE WHEN NOT again THEN m.last_message END, CASE WHEN lost AND under_way THEN $2 END, CASE WHEN lost OR under_way THEN m.sent_at END
            FROM (SELECT lost, under_way, lost AND NOT under_way AS again FROM (SELECT {IsLost} AS lost, m.state = 'pending' AS under_way) found) judged)
        WHERE m.agent_id = $1 AND m.kind = 'event' AND m.state IN ('delivered', 'pending') AND m.sent_at IS NOT NULL AND m.task_id IN (
            SELECT own.task_id FROM task_agents own JOIN tasks open ON open.id = own.task_id WHERE own.agent_id = $1 AND open.status IN ('RUNNING', 'INTERRUPTED'))
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

    /// <summary>What a task was sent before it ended counts as handled, also when the task is begun anew.</summary>
    public async Task CloseAsync(string taskId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE mailbox SET sent_at = NULL WHERE task_id = $1 AND state = 'delivered' AND sent_at IS NOT NULL");
        command.Parameters.Add(SqlValue.Text(taskId));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
