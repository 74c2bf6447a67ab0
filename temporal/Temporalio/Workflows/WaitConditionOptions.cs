namespace Temporalio.Workflows;

/// <summary>A wait for a condition.</summary>
public class WaitConditionOptions : ICloneable
{
    /// <summary>A wait to be filled in.</summary>
    public WaitConditionOptions()
    {
    }

    /// <param name="conditionCheck">The condition.</param>
    /// <param name="timeout">Most time to wait.</param>
    /// <param name="timeoutSummary">A line that user interfaces show of the time-out's timer.</param>
    /// <param name="cancellationToken">Cancels it. Default: the workflow's own token.</param>
    public WaitConditionOptions(
        Func<bool> conditionCheck, TimeSpan? timeout = null, string? timeoutSummary = null, CancellationToken? cancellationToken = null)
    {
        ConditionCheck = conditionCheck;
        Timeout = timeout;
        TimeoutSummary = timeoutSummary;
        CancellationToken = cancellationToken;
    }

    /// <summary>The condition. Checked after everything else of an activation; it must not have effects.</summary>
    public Func<bool>? ConditionCheck { get; set; }

    /// <summary>Most time to wait. Default: none.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>A line that user interfaces show of the time-out's timer.</summary>
    public string? TimeoutSummary { get; set; }

    /// <summary>Cancels it. Default: the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <inheritdoc/>
    public virtual object Clone() => MemberwiseClone();
}
