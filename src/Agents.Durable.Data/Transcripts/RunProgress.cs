using Npgsql;

namespace Agents.Durable.Data.Transcripts;

/// <summary>Where the runs of a task before this one came to, from what they stored.</summary>
/// <param name="Tail">The last messages; a call of the last assistant's message that has no answer was never answered.</param>
/// <param name="NextCall">The number of the next model call. That of one that failed is not used again, because its partial text stays.</param>
public sealed record RunProgress(IReadOnlyList<TranscriptEntry> Tail, int NextCall, long InputTokens, long OutputTokens, long CostMicros)
{
    /// <summary>Most calls of one message, so that the tail always reaches back to the message that made them.</summary>
    public const int MostCalls = 64;

    internal static NpgsqlBatchCommand SumCommand(string taskId) => new(
        """
        select coalesce(max(substr(call_id, 2)::int) + 1, 0), coalesce(sum(input_tokens), 0)::bigint, coalesce(sum(output_tokens), 0)::bigint,
            coalesce(sum(cost_micros), 0)::bigint
        from model_calls where task_id = $1
        """)
    {
        Parameters = { new() { Value = taskId } },
    };

    internal static RunProgress Of(IReadOnlyList<TranscriptEntry> tail, NpgsqlDataReader sums) =>
        new(tail, sums.GetInt32(0), sums.GetInt64(1), sums.GetInt64(2), sums.GetInt64(3));
}
