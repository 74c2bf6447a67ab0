using Npgsql;

namespace Agents.Durable.Data.Transcripts;

/// <summary>Where the runs of a task before this one came to, from what they stored.</summary>
/// <param name="Tail">The last messages; a call of the last assistant's message that has no answer was never answered.</param>
/// <param name="NextCall">The number of the next model call. That of one that failed is not used again, because its partial text stays.</param>
/// <param name="Calls">How many there were.</param>
/// <param name="Begun">How often the task was begun: 1, and once more each time that somebody had it go on after it had failed.</param>
public sealed record RunProgress(IReadOnlyList<TranscriptEntry> Tail, int NextCall, int Calls, long InputTokens, long OutputTokens, long CostMicros, int Begun)
{
    /// <summary>
    /// A run of a task that was begun anew counts its model calls from the next thousand: a call of the run before may still be under way, and must write neither
    /// under the number of one of this run's, nor be taken for it.
    /// </summary>
    public const int NumbersOfBeginning = 1_000;

    /// <summary>The number of this run's first model call.</summary>
    public int FirstCall => Begun > 1 ? ((NextCall / NumbersOfBeginning) + 1) * NumbersOfBeginning : NextCall;

    /// <summary>Most calls of one message, so that the tail always reaches back to the message that made them.</summary>
    public const int MostCalls = 64;

    internal static NpgsqlBatchCommand SumCommand(string taskId) => new(
        """
        select coalesce(max(substr(call_id, 2)::int) + 1, 0), count(*) filter (where model <> '')::int, coalesce(sum(input_tokens), 0)::bigint, coalesce(sum(output_tokens), 0)::bigint,
            coalesce(sum(cost_micros), 0)::bigint, (select count(*)::int from mailbox where task_id = $1 and kind = 'create')
        from model_calls where task_id = $1
        """)
    {
        Parameters = { new() { Value = taskId } },
    };

    internal static RunProgress Of(IReadOnlyList<TranscriptEntry> tail, NpgsqlDataReader sums) =>
        new(tail, sums.GetInt32(0), sums.GetInt32(1), sums.GetInt64(2), sums.GetInt64(3), sums.GetInt64(4), sums.GetInt32(5));
}
