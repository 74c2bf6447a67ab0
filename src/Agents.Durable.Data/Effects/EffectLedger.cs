using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Data.Effects;

/// <summary>
/// What tools did: intent before the call, result after it. A row goes from intent to done once and stays; the first result stored wins, also against a
/// try that was thought dead and comes late.
/// </summary>
public sealed class EffectLedger(NpgsqlDataSource database)
{
    /// <summary>What is known of a call, without changing it.</summary>
    public async Task<EffectState> FindAsync(string taskId, string callId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select plan, decision, done_at is not null, content, is_error, shown from effects where task_id = $1 and call_id = $2");
        Add(command, taskId, callId);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Writes the intent down, unless an earlier try did; durable when it returns. Answers what was known before.</summary>
    public async Task<EffectState> BeginAsync(EffectIntent intent, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await BeginAsync(connection, intent, cancellationToken);
    }

    /// <summary>The same on the caller's connection, as durable as its transaction.</summary>
    public static async Task<EffectState> BeginAsync(NpgsqlConnection connection, EffectIntent intent, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with earlier as (
                select plan, decision, done_at, content, is_error, shown from effects where task_id = $1 and call_id = $2
            ), noted as (
                insert into effects (task_id, call_id, key, tool, effect, attempt, plan) values ($1, $2, $3, $4, $5, $6, $7)
                on conflict (task_id, call_id) do update set attempt = greatest(effects.attempt, excluded.attempt) where effects.done_at is null
            )
            select plan, decision, done_at is not null, content, is_error, shown from earlier
            """, connection);
        Add(command, intent.TaskId, intent.CallId);
        command.Parameters.Add(new() { Value = IdempotencyKey.Of(intent.TaskId, intent.CallId).Value });
        command.Parameters.Add(new() { Value = Storable.Text(intent.Tool) });
        command.Parameters.Add(new() { Value = EnumNames.Of(intent.Effect) });
        command.Parameters.Add(new() { Value = intent.Attempt });
        command.Parameters.Add(new() { Value = (object?)intent.Plan ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await command.PrepareAsync(cancellationToken);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Marks the call done inside the caller's transaction; answers the result that stands, which is an earlier one if there is one.</summary>
    /// <exception cref="InvalidOperationException">The call has no intent.</exception>
    public static async Task<EffectResult> CompleteAsync(
        NpgsqlConnection connection, string taskId, string callId, EffectResult result, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            update effects
            set content = coalesce(content, $3), is_error = coalesce(is_error, $4), done_at = coalesce(done_at, now())
            where task_id = $1 and call_id = $2
            returning content, is_error
            """, connection);
        Add(command, taskId, callId);
        command.Parameters.Add(new() { Value = Storable.Text(result.Content) });
        command.Parameters.Add(new() { Value = result.IsError });
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new EffectResult(reader.GetString(0), reader.GetBoolean(1))
            : throw new InvalidOperationException($"Call {callId} of task {taskId} has no intent in the ledger.");
    }

    /// <summary>Notes that the call's answer is in the stream.</summary>
    public async Task MarkShownAsync(string taskId, string callId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update effects set shown = true where task_id = $1 and call_id = $2");
        Add(command, taskId, callId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes, inside the caller's transaction, that a person is asked about a call; an earlier decision was used up.</summary>
    public static async Task AskAsync(NpgsqlConnection connection, string taskId, string callId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("update effects set asked = true, decision = null where task_id = $1 and call_id = $2", connection);
        Add(command, taskId, callId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Takes the decision to try again off the call, before it is tried: should the outcome be unknown again, it has to be asked again. False when another
    /// try took it.
    /// </summary>
    public async Task<bool> UseRetryAsync(string taskId, string callId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update effects set asked = false, decision = null where task_id = $1 and call_id = $2 and decision = 'retry'");
        Add(command, taskId, callId);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Writes a person's answer to the open questions of a task, inside the caller's transaction.</summary>
    /// <param name="callId">The call it is about; null for all that are open.</param>
    /// <returns>The rows it changes are the questions that it answers.</returns>
    public static NpgsqlBatchCommand DecideCommand(string taskId, string? callId, Decision decision) => new(
        """
        update effects set decision = $3
        where task_id = $1 and asked and decision is null and done_at is null and ($2::text is null or call_id = $2)
        """)
    {
        Parameters =
        {
            new() { Value = taskId },
            new() { Value = (object?)callId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = EnumNames.Of(decision) },
        },
    };

    private static async Task<EffectState> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return new EffectState.First();
        }

        if (reader.GetBoolean(2))
        {
            return new EffectState.Done(new EffectResult(reader.GetString(3), reader.GetBoolean(4)), reader.GetBoolean(5));
        }

        var plan = await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetString(0);
        Decision? decision = await reader.IsDBNullAsync(1, cancellationToken) ? null : EnumNames.Parse<Decision>(reader.GetString(1));
        return new EffectState.Unknown(plan, decision);
    }

    private static void Add(NpgsqlCommand command, string taskId, string callId)
    {
        command.Parameters.Add(new() { Value = taskId });
        command.Parameters.Add(new() { Value = callId });
    }
}
