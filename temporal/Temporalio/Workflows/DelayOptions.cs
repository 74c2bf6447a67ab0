namespace Temporalio.Workflows;

/// <summary>A timer.</summary>
public class DelayOptions : ICloneable
{
    /// <summary>A timer to be filled in.</summary>
    public DelayOptions()
    {
    }

    /// <param name="millisecondsDelay">How long, in milliseconds.</param>
    /// <param name="summary">A line that user interfaces show.</param>
    /// <param name="cancellationToken">Cancels it. Default: the workflow's own token.</param>
    public DelayOptions(int millisecondsDelay, string? summary = null, CancellationToken? cancellationToken = null)
        : this(TimeSpan.FromMilliseconds(millisecondsDelay), summary, cancellationToken)
    {
    }

    /// <param name="delay">How long.</param>
    /// <param name="summary">A line that user interfaces show.</param>
    /// <param name="cancellationToken">Cancels it. Default: the workflow's own token.</param>
    public DelayOptions(TimeSpan delay, string? summary = null, CancellationToken? cancellationToken = null)
    {
        Delay = delay;
        Summary = summary;
        CancellationToken = cancellationToken;
    }

    /// <summary>How long. Zero counts as 1 ms; <see cref="Timeout.InfiniteTimeSpan"/> never ends.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>A line that user interfaces show.</summary>
    public string? Summary { get; set; }

    /// <summary>Cancels it. Default: the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <inheritdoc/>
    public virtual object Clone() => MemberwiseClone();
}
