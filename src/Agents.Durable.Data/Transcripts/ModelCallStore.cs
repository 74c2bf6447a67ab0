using Npgsql;

namespace Agents.Durable.Data.Transcripts;

/// <param name="Facts">What the run needs to go on, as the caller encoded it.</param>
/// <param name="Shown">Whether this result's closing updates are known to be in the stream.</param>
/// <param name="Attempt">The one that brought it.</param>
public sealed record StoredModelCall(string Facts, bool Shown, int Attempt);

/// <summary>Results of model calls. What is stored here was paid for, and is never asked for again.</summary>
public sealed class ModelCallStore(NpgsqlDataSource database)
{
    /// <summary>The stored result; null while there is none.</summary>
    public async Task<StoredModelCall?> FindAsync(string taskId, string callId, CancellationToken cancellationToken)
    {
        await using var statement = await PreparedStatement.OnAsync(
            database,
            "select facts, shown_attempt >= attempt, attempt from model_calls where task_id = $1 and call_id = $2 and facts is not null",
            [SqlValue.Text(taskId), SqlValue.Text(callId)],
            cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new StoredModelCall(reader.GetString(0), reader.GetBoolean(1), reader.GetInt32(2)) : null;
    }

    /// <summary>
    /// Says that a run of a task that was begun anew counts from this number, inside the caller's transaction: what a run before it has still under way is not
    /// stored any more.
    /// </summary>
    public static async Task BeginAtAsync(NpgsqlConnection connection, string taskId, int number, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "insert into model_calls (task_id, call_id, model) values ($1, 'm' || ($2 - 1)::text, '') on conflict do nothing", connection)
        {
            Parameters = { new() { Value = taskId }, new() { Value = number } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Stores a result inside the caller's transaction; false when another attempt's result is there already, which stays, or the call is of a run that was followed.</summary>
    public static async Task<bool> CompleteAsync(
        NpgsqlConnection connection, string taskId, string callId, ModelCallResult result, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into model_calls (task_id, call_id, model, facts, input_tokens, output_tokens, attempt, cost_micros, done_at)
            select $1, $2, $3, $4, $5, $6, $7, $8, now()
            where not exists (select from model_calls later where later.task_id = $1 and later.model = '' and substr(later.call_id, 2)::int > substr($2, 2)::int)
            on conflict (task_id, call_id) do update
            set model = excluded.model, facts = excluded.facts, input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
                attempt = excluded.attempt, cost_micros = excluded.cost_micros, done_at = excluded.done_at
            where model_calls.facts is null
            """, connection)
        {
            Parameters =
            {
                new() { Value = taskId }, new() { Value = callId }, new() { Value = result.Model }, new() { Value = result.Facts },
                new() { Value = result.InputTokens }, new() { Value = result.OutputTokens }, new() { Value = result.Attempt },
                new() { Value = result.CostMicros },
            },
        };
        await command.PrepareAsync(cancellationToken);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Notes that the closing updates of the stored result are in the stream.</summary>
    public async Task MarkShownAsync(string taskId, string callId, CancellationToken cancellationToken)
    {
        await using var statement = await PreparedStatement.OnAsync(
            database,
            "update model_calls set shown_attempt = attempt where task_id = $1 and call_id = $2",
            [SqlValue.Text(taskId), SqlValue.Text(callId)],
            cancellationToken);
        await statement.ExecuteAsync(cancellationToken);
    }

    /// <summary>Counts a failure of the provider; answers how many this call has had.</summary>
    public async Task<int> CountFailureAsync(string taskId, string callId, string model, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            insert into model_calls (task_id, call_id, model, failures) values ($1, $2, $3, 1)
            on conflict (task_id, call_id) do update set failures = model_calls.failures + 1
            returning failures
            """);
        command.Parameters.Add(new() { Value = taskId });
        command.Parameters.Add(new() { Value = callId });
        command.Parameters.Add(new() { Value = model });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

public sealed record ModelCallResult
{
    public required string Model { get; init; }
    public required string Facts { get; init; }
    public required long InputTokens { get; init; }
    public required long OutputTokens { get; init; }
    public required int Attempt { get; init; }

    /// <summary>Millionths of a US dollar.</summary>
    public long CostMicros { get; init; }
}
