using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Presence;
using Npgsql;

namespace Agents.Durable.Gateway.Mailbox;

/// <summary>
/// The writing and delivering side of mailboxes, in plain SQL because every event passes here. A position is taken and the mail stored in one statement,
/// and only while the task is open: so nothing is accepted that nobody would handle, and what is accepted is in order.
/// </summary>
internal sealed class MailboxStore(NpgsqlDataSource database, GatewayPresence presence, TimeProvider time)
{
    // Longer than the longest call of an agent.
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(75);

    private const int OwnPosition = 16;

    // It is the mail's own turn when nothing before it is pending. What was stored since this statement began is not seen by it, but has taken a position:
    // then this one does not follow on the last that is seen, and the turn is left to a claim.
    private const string Put = $"""
        WITH place AS (
            UPDATE tasks SET mailbox_position = mailbox_position + 1
            WHERE id = $1 AND owner = $2 AND status IN ('RUNNING', 'INTERRUPTED') RETURNING {TaskColumns.All}
        ), turn AS (
            SELECT $12 AND NOT EXISTS (SELECT FROM mailbox WHERE task_id = $1 AND state = 'pending')
                AND mailbox_position = coalesce((SELECT max(position) FROM mailbox WHERE task_id = $1), 0) + 1 AS own FROM place
        ), event AS (
            INSERT INTO events (id, owner, task_id, agent_id, content, created_at) SELECT $3, $2, $1, $4, $5, $6 FROM place WHERE $3 IS NOT NULL
            RETURNING sequence_id, content
        ), stored AS (
            INSERT INTO mailbox (task_id, position, owner, kind, agent_id, event_id, idempotency_key, due_at, leased_until, created_at, deployment_id, attempts, sent_at, leased_by, last_message)
            SELECT $1, mailbox_position, $2, $7, $4, $3, $8, $10, $9, $6, $11, CASE WHEN own THEN 1 ELSE 0 END, CASE WHEN own THEN $6 END, CASE WHEN $12 THEN $13 END,
                CASE WHEN own THEN {LostMail.LastMessage} END FROM place, turn
        )
        SELECT turn.own, event.sequence_id, event.content::text, $6, place.* FROM place CROSS JOIN turn LEFT JOIN event ON true
        """;

    private const string Settled = "m.task_id = $1 AND m.position = $2 AND m.state = 'pending' AND (m.leased_until IS NOT NULL OR m.leased_by IS DISTINCT FROM $6)";

    // Its agent has registered anew since it went over a connection: who acknowledges may be dead.
    private static readonly string s_doubted = $"(m.resend_at IS NOT NULL AND $3 = 'delivered' AND $7 < {LostMail.RegisteredAt})";

    // Nearly all mail: the other statement is long to plan.
    private static readonly string s_settle = $"""
        WITH settled AS (
            UPDATE mailbox m SET state = $3, settled_at = $5, last_error = $4, leased_until = NULL, resend_at = NULL
            WHERE {Settled} AND NOT ({s_doubted})
            RETURNING position
        )
        SELECT EXISTS (SELECT FROM mailbox WHERE task_id = $1 AND state = 'pending' AND position <> $2), EXISTS (SELECT FROM settled)
        """;

    private static readonly string s_settleDoubted = $"""
        WITH settled AS (
            UPDATE mailbox m SET (state, settled_at, due_at, losses, last_message) = (
                SELECT CASE WHEN lost THEN 'pending' ELSE $3 END, CASE WHEN NOT lost THEN $5 END, CASE WHEN lost THEN m.resend_at ELSE m.due_at END, m.losses + lost::integer,
                    CASE WHEN NOT lost THEN m.last_message END
                FROM (SELECT CASE WHEN {s_doubted} THEN {LostMail.IsLost} ELSE false END AS lost) doubt),
                last_error = $4, leased_until = NULL, resend_at = NULL
            WHERE {Settled}
        )
        SELECT EXISTS (SELECT FROM mailbox WHERE task_id = $1 AND state = 'pending' AND position <> $2)
        """;

    // What was stored over a connection that was lost before it said so.
    private const string Own = $"""
        WITH place AS (SELECT {TaskColumns.All} FROM tasks WHERE id = $2)
        SELECT coalesce(m.state = 'pending' AND m.attempts = 1 AND m.leased_by = $3 AND m.leased_until > $4, false), event.sequence_id, event.content::text, m.created_at, place.*, m.position
        FROM mailbox m JOIN events event ON event.id = m.event_id CROSS JOIN place WHERE m.event_id = $1
        """;

    /// <summary>Stores mail under a lease of the caller's, who is alone in the task's lane or gives the lease back at once; null when the task is not open (or not this owner's).</summary>
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
        if (mail.Kind != MailboxKind.Event)
        {
            return await InsertAsync(mail, null, now, dueIn, lease, cancellationToken);
        }

        // Again after a lost connection, it is either there or is stored now: the id is its own.
        var eventId = Guid.CreateVersion7(now).ToString();
        var again = false;
        return await DatabaseAbsence.OutlastAsync(
            async () =>
            {
                var stored = again ? await FindOwnAsync(mail, eventId, cancellationToken) : null;
                again = true;
                return stored ?? await InsertAsync(mail, eventId, now, dueIn, lease, cancellationToken);
            },
            time,
            cancellationToken);
    }

    private async Task<PutMail?> InsertAsync(NewMail mail, string? eventId, DateTimeOffset now, TimeSpan dueIn, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var statement = await PreparedStatement.OnAsync(database, Put,
        [
            SqlValue.Text(mail.TaskId), SqlValue.Text(mail.Owner), SqlValue.Text(eventId), SqlValue.Text(mail.AgentId),
            SqlValue.Json(mail.Content is null ? null : Wire.ToJson(mail.Content)), SqlValue.Time(now), SqlValue.Text(EnumNames.Of(mail.Kind)),
            SqlValue.Text(mail.IdempotencyKey), SqlValue.Time(now + lease), SqlValue.Time(now + dueIn), SqlValue.Text(mail.DeploymentId), new NpgsqlParameter { Value = lease > TimeSpan.Zero }, SqlValue.Text(presence.Id),
        ], cancellationToken);
        try
        {
            await using var reader = await statement.ReadAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? Stored(reader, mail, eventId) : null;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // The same key at the same moment, or what the connection that was lost still did: the other one is stored.
            var stored = eventId is null ? null : await FindOwnAsync(mail, eventId, cancellationToken);
            stored ??= mail.IdempotencyKey is null ? null : await FindAsync(mail, cancellationToken);
            if (stored is null)
            {
                throw;
            }

            return stored;
        }
    }

    private async Task<PutMail?> FindOwnAsync(NewMail mail, string eventId, CancellationToken cancellationToken)
    {
        await using var statement = await PreparedStatement.OnAsync(
            database, Own, [SqlValue.Text(eventId), SqlValue.Text(mail.TaskId), SqlValue.Text(presence.Id), SqlValue.Time(time.GetUtcNow())], cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Stored(reader, mail, eventId, reader.GetInt64(OwnPosition)) : null;
    }

    private static PutMail Stored(NpgsqlDataReader reader, NewMail mail, string? eventId, long? own = null)
    {
        var task = TaskColumns.Read(reader, 4);
        var at = reader.GetFieldValue<DateTimeOffset>(3);
        var position = own ?? task.MailboxPosition;
        return new PutMail(position, eventId, Known: false)
        {
            Task = task,
            Event = eventId is null ? null : new AgentEvent
            {
                Id = eventId,
                SequenceId = reader.GetInt64(1),
                TaskId = mail.TaskId,
                AgentId = mail.AgentId,
                CreatedAt = at,
                Content = reader.IsDBNull(2) ? null : Wire.FromJson<MessageContent>(reader.GetString(2)),
            },
            Claim = reader.GetBoolean(0) ? new ClaimedMail(mail.TaskId, position, mail.Owner, mail.AgentId, eventId, mail.DeploymentId, 1, at) : null,
        };
    }

    /// <summary>
    /// Claims the first pending mail of a task, if it is due and nobody has it. Mail that was put back waits for the acknowledgement of what is being delivered,
    /// which may be later mail.
    /// </summary>
    /// <param name="own">A position that the caller holds the lease of.</param>
    public Task<ClaimedMail?> ClaimAsync(string taskId, long? own, CancellationToken cancellationToken)
    {
        // Claimed over a connection that was lost before it said so, it is claimed once more: in the task's lane nobody else of this process has any.
        var tries = 0;
        return DatabaseAbsence.OutlastAsync(() => ClaimAsync(taskId, own, again: tries++ > 0, cancellationToken), time, cancellationToken);
    }

    private async Task<ClaimedMail?> ClaimAsync(string taskId, long? own, bool again, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var statement = await PreparedStatement.OnAsync(
            database,
            $"""
            UPDATE mailbox SET leased_until = $3, leased_by = $5, attempts = attempts + 1, sent_at = $2, resend_at = NULL, last_message = coalesce(last_message, {LostMail.LastMessage})
            WHERE task_id = $1 AND position = (SELECT min(position) FROM mailbox WHERE task_id = $1 AND state = 'pending') AND state = 'pending'
              AND due_at <= $2 AND (leased_until IS NULL OR leased_until <= $2 OR position = $4 OR ($6 AND leased_by = $5))
              AND NOT EXISTS (
                SELECT FROM mailbox later
                WHERE later.task_id = $1 AND later.state = 'pending' AND later.position > mailbox.position AND later.sent_at IS NOT NULL AND later.leased_until > $2)
            RETURNING position, owner, agent_id, event_id, deployment_id, attempts, coalesce(redelivered_at, created_at)
            """,
            [SqlValue.Text(taskId), SqlValue.Time(now), SqlValue.Time(now + s_lease), new NpgsqlParameter { Value = own ?? 0L }, SqlValue.Text(presence.Id), new NpgsqlParameter { Value = again }],
            cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new ClaimedMail(
                taskId, reader.GetInt64(0), reader.GetString(1), reader.GetString(2), await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetString(3),
                await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetString(4), reader.GetInt32(5), reader.GetFieldValue<DateTimeOffset>(6))
            : null;
    }

    /// <summary>
    /// The receiver has it, refused it, or will not get it any more. An acknowledgement whose agent has registered anew since the delivery began does not count,
    /// where <see cref="LostMail"/> would send the mail again: it stays pending.
    /// </summary>
    /// <returns>Whether other mail of the task is pending.</returns>
    public Task<bool> SettleAsync(ClaimedMail mail, MailboxState state, string? error, CancellationToken cancellationToken) =>
        // Not said, it would be sent again when the lease ends. Said twice, the second time finds no lease of this gateway's, whatever the mail waits for by then.
        DatabaseAbsence.OutlastAsync(() => TrySettleAsync(mail, state, error, cancellationToken), time, cancellationToken);

    private async Task<bool> TrySettleAsync(ClaimedMail mail, MailboxState state, string? error, CancellationToken cancellationToken)
    {
        NpgsqlParameter[] Parameters() =>
        [
            SqlValue.Text(mail.TaskId), new() { Value = mail.Position }, SqlValue.Text(EnumNames.Of(state)), SqlValue.Text(error), SqlValue.Time(time.GetUtcNow()),
            SqlValue.Text(presence.Id), SqlValue.Time(mail.SentAt ?? DateTimeOffset.UnixEpoch),
        ];
        await using (var statement = await PreparedStatement.OnAsync(database, s_settle, Parameters(), cancellationToken))
        {
            await using var reader = await statement.ReadAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            if (reader.GetBoolean(1))
            {
                return reader.GetBoolean(0);
            }
        }

        await using var doubted = await PreparedStatement.OnAsync(database, s_settleDoubted, Parameters(), cancellationToken);
        return await doubted.ScalarAsync(cancellationToken) is true;
    }

    /// <summary>Leaves mail for a later attempt, unless another gateway has it in hand by now.</summary>
    public Task PostponeAsync(ClaimedMail mail, TimeSpan delay, string? error, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE mailbox SET due_at = $3, last_error = $4, leased_until = NULL WHERE task_id = $1 AND position = $2 AND state = 'pending' AND attempts = $5",
        () => [SqlValue.Text(mail.TaskId), new() { Value = mail.Position }, SqlValue.Time(time.GetUtcNow() + delay), SqlValue.Text(error), new() { Value = mail.Attempt }], cancellationToken);

    /// <summary>Makes mail due that was stored for later.</summary>
    public Task HurryAsync(string taskId, long position, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE mailbox SET due_at = $3 WHERE task_id = $1 AND position = $2 AND state = 'pending'",
        () => [SqlValue.Text(taskId), new() { Value = position }, SqlValue.Time(time.GetUtcNow())], cancellationToken);

    /// <summary>
    /// Puts mail that was given up back to its place, before everything that came after it and is not delivered yet. It counts as sent once, so its receiver is told
    /// that it is sent again.
    /// </summary>
    /// <returns>False when it is not given up any more, or the task is not open.</returns>
    public async Task<bool> RedeliverAsync(MailboxRow letter, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE mailbox m SET state = 'pending', settled_at = NULL, due_at = $4, redelivered_at = $4, attempts = 1, losses = 0, leased_until = NULL, resend_at = NULL, last_message = NULL
            FROM tasks t
            WHERE m.task_id = $1 AND m.position = $2 AND m.owner = $3 AND m.state IN ('dead', 'refused')
              AND t.id = m.task_id AND t.status IN ('RUNNING', 'INTERRUPTED')
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            SqlValue.Text(letter.TaskId), new() { Value = letter.Position }, SqlValue.Text(letter.Owner), SqlValue.Time(time.GetUtcNow()),
        });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Gives a lease back that was not used.</summary>
    public Task ReleaseAsync(string taskId, long position, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE mailbox SET leased_until = NULL WHERE task_id = $1 AND position = $2 AND state = 'pending'",
        () => [SqlValue.Text(taskId), new() { Value = position }], cancellationToken);

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
        command.Parameters.AddRange(new NpgsqlParameter[] { SqlValue.Time(time.GetUtcNow()), new() { Value = limit } });
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
        await using var statement = await PreparedStatement.OnAsync(
            database,
            "SELECT position, event_id FROM mailbox WHERE task_id = $1 AND idempotency_key = $2 AND owner = $3",
            [SqlValue.Text(mail.TaskId), SqlValue.Text(mail.IdempotencyKey), SqlValue.Text(mail.Owner)],
            cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new PutMail(reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1), Known: true)
            : null;
    }

    private Task ExecuteAsync(string sql, Func<NpgsqlParameter[]> parameters, CancellationToken cancellationToken) => DatabaseAbsence.OutlastAsync(
        async () =>
        {
            await using var statement = await PreparedStatement.OnAsync(database, sql, parameters(), cancellationToken);
            return await statement.ExecuteAsync(cancellationToken);
        },
        time,
        cancellationToken);
}
