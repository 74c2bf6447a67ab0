namespace Temporalio.Worker.Core.Runs;

/// <summary>
/// What runs in memory may cost. A run that waits for long is cheaper to replay once than to keep; a few are kept in any case, so that
/// a worker with little to do never replays.
/// </summary>
/// <param name="Runs">Most runs; 0 to keep none beyond their task.</param>
internal sealed record CacheLimits(int Runs)
{
    /// <summary>Sum of the histories' sizes, which stand for what the runs hold.</summary>
    public long HistoryBytes { get; init; } = 256L << 20;

    /// <summary>How long a run may go without a task.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How many runs stay however long they are idle.</summary>
    public int KeptWhenIdle { get; init; } = 200;
}
