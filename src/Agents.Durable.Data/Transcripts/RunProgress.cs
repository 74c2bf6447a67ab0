using Npgsql;

namespace Agents.Durable.Data.Transcripts;

/// <summary>Where the runs of a task before this one came to, from what they stored.</summary>
/// <param name="Tail">The last messages; a call of the last assistant's message that has no answer was never answered.</param>
/// <param name="NextCall">The number of the next model call. That of one that failed is not used again, because its partial text stays.</param>
public sealed record RunProgress(IReadOnlyList<TranscriptEntry> Tail, int NextCall, long InputTokens, long OutputTokens, long CostMicros)
{
    /// <summary>Most calls of one message, so that the tail always reaches back to the message that made them.</summary>
    public const int MostCalls = 64;

    public static async Task<RunProgress> ReadAsync(NpgsqlConnection connection, string taskId, CancellationToken cancellationToken)
    {
        var tail = await TranscriptStore.TailAsync(connection, taskId, MostCalls + 1, cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select coalesce(max(substr(call_id, 2)::int) + 1, 0), coalesce(sum(input_tokens), 0)::bigint, coalesce(sum(output_tokens), 0)::bigint,
                coalesce(sum(cost_micros), 0)::bigint
            from model_calls where task_id = $1
            """, connection)
        {
            Parameters = { new() { Value = taskId } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new RunProgress(tail, reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }
}
