using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Data.Mailbox;

/// <param name="Position">Place in the task's mailbox, from 1, without gaps.</param>
/// <param name="Content">Of an event that has one.</param>
public sealed record Mail(long Position, string Kind, MessageContent? Content);

/// <summary>How far a run is.</summary>
/// <param name="Cursor">The last position that was taken.</param>
/// <param name="Head">The length of the transcript after it.</param>
public sealed record MailCursor(long Cursor, int Head);

/// <summary>
/// The reading side of a task's mailbox, for runs of our own: in order, each position once. The cursor moves in the transaction that stores what came of
/// the mail, so a crash on either side of the commit loses and doubles nothing.
/// </summary>
public static class TaskMailbox
{
    /// <summary>Mail after a position, in order, at most <paramref name="limit"/> pieces. A gap ends the page, because what is missing may still be committed.</summary>
    public static async Task<IReadOnlyList<Mail>> ReadAsync(
        NpgsqlConnection connection, string taskId, long after, int limit, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { PageCommand(taskId, after, limit) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await PageAsync(reader, after, cancellationToken);
    }

    /// <summary>The place of the first request to stop that was not taken; null when there is none. The cursor must be locked.</summary>
    public static async Task<long?> StopAsync(NpgsqlConnection connection, string taskId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select min(position) from mailbox
            where task_id = $1 and position > (select cursor from react_tasks where task_id = $1) and kind in ('interrupt', 'cancel')
            """, connection)
        {
            Parameters = { new() { Value = taskId } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    /// <summary>Locks the cursor of a task until the end of the transaction; a task's first call makes the row.</summary>
    internal static NpgsqlBatchCommand LockCommand(string taskId) => new(
        """
        insert into react_tasks (task_id) values ($1)
        on conflict (task_id) do update set cursor = react_tasks.cursor
        returning cursor, head
        """)
    {
        Parameters = { new() { Value = taskId } },
    };

    /// <param name="after">Null for the cursor, which must be locked.</param>
    internal static NpgsqlBatchCommand PageCommand(string taskId, long? after, int limit) => new(
        """
        select m.position, m.kind, e.content::text
        from mailbox m left join events e on e.id = m.event_id
        where m.task_id = $1 and m.position > coalesce($2, (select cursor from react_tasks where task_id = $1)) order by m.position limit $3
        """)
    {
        Parameters = { new() { Value = taskId }, new() { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint }, new() { Value = limit } },
    };

    internal static async Task<IReadOnlyList<Mail>> PageAsync(NpgsqlDataReader reader, long after, CancellationToken cancellationToken)
    {
        var mail = new List<Mail>();
        while (await reader.ReadAsync(cancellationToken) && reader.GetInt64(0) == after + mail.Count + 1)
        {
            var content = await reader.IsDBNullAsync(2, cancellationToken) ? null : Wire.FromJson<MessageContent>(reader.GetString(2));
            mail.Add(new Mail(reader.GetInt64(0), reader.GetString(1), content));
        }

        return mail;
    }

    /// <summary>Moves the cursor of a locked task and settles the mail up to it.</summary>
    public static IEnumerable<NpgsqlBatchCommand> AdvanceCommands(string taskId, MailCursor to, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(to);
        yield return new NpgsqlBatchCommand("update react_tasks set cursor = $2, head = $3 where task_id = $1")
        {
            Parameters = { new() { Value = taskId }, new() { Value = to.Cursor }, new() { Value = to.Head } },
        };
        yield return new NpgsqlBatchCommand("update mailbox set state = 'delivered', settled_at = $3 where task_id = $1 and position <= $2 and state = 'pending'")
        {
            Parameters = { new() { Value = taskId }, new() { Value = to.Cursor }, new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz } },
        };
    }

    /// <summary>
    /// Puts an event into the mailbox of an open task inside the caller's transaction, unless one with this key is there: its position; null when the task is
    /// closed. The caller is the task's own run, so the mail is not due for delivery.
    /// </summary>
    public static async Task<long?> PostAsync(
        NpgsqlConnection connection, string taskId, string key, MessageContent content, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with open as (
                select id from tasks where id = $1 and status in ('RUNNING', 'INTERRUPTED') for update
            ), known as (
                select position from mailbox, open where task_id = $1 and idempotency_key = $2
            ), place as (
                update tasks set mailbox_position = mailbox_position + 1
                where id = (select id from open) and not exists (select from known)
                returning id, owner, agent_id, mailbox_position
            ), event as (
                insert into events (id, owner, task_id, agent_id, content, created_at) select $3, owner, id, agent_id, $4::jsonb, $5 from place
            ), stored as (
                insert into mailbox (task_id, position, owner, kind, agent_id, event_id, idempotency_key, due_at, created_at)
                select id, mailbox_position, owner, 'event', agent_id, $3, $2, $5 + interval '1 minute', $5 from place
                returning position
            )
            select position from known union all select position from stored
            """, connection)
        {
            Parameters =
            {
                new() { Value = taskId },
                new() { Value = key },
                new() { Value = Guid.CreateVersion7(now).ToString() },
                new() { Value = Storable.Json(Wire.ToJson(content)) },
                new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }
}
