using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Gateway.Mailbox;

/// <summary>
/// The writing and delivering side of mailboxes, in plain SQL because every event passes here. A position is taken and the mail stored in one statement,
/// and only while the task is open: so nothing is accepted that nobody would handle, and what is accepted is in order.
/// </summary>
internal sealed class MailboxStore(NpgsqlDataSource database, TimeProvider time)
{
    // Longer than the longest call of an agent.
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(75);

    /// <summary>Stores mail under a lease of the caller's; null when the task is not open (or not this owner's).</summary>
    public Task<PutMail?> PutAsync(NewMail mail, CancellationToken cancellationToken) => PutAsync(mail, TimeSpan.Zero, s_lease, cancellationToken);

    /// <summary>Stores mail that becomes due later, unless its receiver has settled it by then.</summary>
    public Task<PutMail?> PutAsync(NewMail mail, TimeSpan dueIn, CancellationToken cancellationToken) => PutAsync(mail, dueIn, TimeSpan.Zero, cancellationToken);

    private async Task<PutMail?> PutAsync(NewMail mail, TimeSpan dueIn, TimeSpan lease, CancellationToken cancellationToken)
    {
        if (mail.IdempotencyKey is not null && await FindAsync(mail, cancellationToken) is { } known)
        {
            return known;
        }

        var now = time.GetUtcNow();
        var eventId = mail.Kind == MailboxKind.Event ? Guid.CreateVersion7(now).ToString() : null;
        await using var command = database.CreateCommand(
            """
            WITH place AS (
                UPDATE tasks SET mailbox_position = mailbox_position + 1
                WHERE id = $1 AND owner = $2 AND status IN ('RUNNING', 'INTERRUPTED') RETURNING mailbox_position
            ), stored AS (
                INSERT INTO events (id, owner, task_id, agent_id, content, created_at) SELECT $3, $2, $1, $4, $5, $6 FROM place WHERE $3 IS NOT NULL
            )
            INSERT INTO mailbox (task_id, position, owner, kind, agent_id, event_id, idempotency_key, due_at, leased_until, created_at, deployment_id)
            SELECT $1, mailbox_position, $2, $7, $4, $3, $8, $10, $9, $6, $11 FROM place RETURNING position
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { Text(mail.TaskId), Text(mail.Owner), Text(eventId), Text(mail.AgentId),
            new() { Value = mail.Content is null ? DBNull.Value : Storable.Json(Wire.ToJson(mail.Content)), NpgsqlDbType = NpgsqlDbType.Jsonb },
            Time(now), Text(EnumNames.Of(mail.Kind)), Text(mail.IdempotencyKey), Time(now + lease), Time(now + dueIn), Text(mail.DeploymentId) });
        try
        {
            return await command.ExecuteScalarAsync(cancellationToken) is long position ? new PutMail(position, eventId, Known: false) : null;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation && mail.IdempotencyKey is not null)
        {
            // The same key at the same moment: the other one is stored.
            return await FindAsync(mail, cancellationToken);
        }
    }

    /// <summary>Claims the first pending mail of a task, if it is due and nobody has it.</summary>
    /// <param name="own">A position that the caller holds the lease of.</param>
    public async Task<ClaimedMail?> ClaimAsync(string taskId, long? own, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand(
            """
            UPDATE mailbox SET leased_until = $3, attempts = attempts + 1, sent_at = $2
            WHERE task_id = $1 AND position = (SELECT min(position) FROM mailbox WHERE task_id = $1 AND state = 'pending') AND state = 'pending'
              AND due_at <= $2 AND (leased_until IS NULL OR leased_until <= $2 OR position = $4)
            RETURNING position, owner, agent_id, event_id, deployment_id, attempts, created_at
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { Text(taskId), Time(now), Time(now + s_lease), new() { Value = own ?? 0L } });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new ClaimedMail(
                taskId, reader.GetInt64(0), reader.GetString(1), reader.GetString(2), await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetString(3),
                await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetString(4), reader.GetInt32(5), reader.GetFieldValue<DateTimeOffset>(6))
            : null;
    }

    /// <summary>The receiver has it, refused it, or will not get it any more.</summary>
    public Task SettleAsync(ClaimedMail mail, MailboxState state, string? error, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE mailbox SET state = $3, last_error = $4, settled_at = $5, leased_until = NULL WHERE task_id = $1 AND position = $2 AND state = 'pending'",
        [Text(mail.TaskId), new() { Value = mail.Position }, Text(EnumNames.Of(state)), Text(error), Time(time.GetUtcNow())], cancellationToken);

    /// <summary>Leaves mail for a later attempt.</summary>
    public Task PostponeAsync(ClaimedMail mail, TimeSpan delay, string? error, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE mailbox SET due_at = $3, last_error = $4, leased_until = NULL WHERE task_id = $1 AND position = $2 AND state = 'pending'",
        [Text(mail.TaskId), new() { Value = mail.Position }, Time(time.GetUtcNow() + delay), Text(error)], cancellationToken);

    /// <summary>Makes mail due that was stored for later.</summary>
    public Task HurryAsync(string taskId, long position, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE mailbox SET due_at = $3 WHERE task_id = $1 AND position = $2 AND state = 'pending'",
        [Text(taskId), new() { Value = position }, Time(time.GetUtcNow())], cancellationToken);

    /// <summary>Gives a lease back that was not used.</summary>
    public Task ReleaseAsync(string taskId, long position, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE mailbox SET leased_until = NULL WHERE task_id = $1 AND position = $2 AND state = 'pending'",
        [Text(taskId), new() { Value = position }], cancellationToken);

    /// <summary>Tasks whose first pending mail is due and free.</summary>
    public async Task<IReadOnlyList<string>> DueTasksAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT m.task_id FROM mailbox m
            WHERE m.state = 'pending' AND m.due_at <= $1 AND (m.leased_until IS NULL OR m.leased_until <= $1)
              AND NOT EXISTS (SELECT FROM mailbox p WHERE p.task_id = m.task_id AND p.position < m.position AND p.state = 'pending')
            ORDER BY m.due_at LIMIT $2
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { Time(time.GetUtcNow()), new() { Value = limit } });
        var tasks = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            tasks.Add(reader.GetString(0));
        }

        return tasks;
    }

    private async Task<PutMail?> FindAsync(NewMail mail, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT position, event_id FROM mailbox WHERE task_id = $1 AND idempotency_key = $2 AND owner = $3");
        command.Parameters.AddRange(new NpgsqlParameter[] { Text(mail.TaskId), Text(mail.IdempotencyKey), Text(mail.Owner) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new PutMail(reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1), Known: true)
            : null;
    }

    private async Task ExecuteAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
