namespace Agents.Durable.Agent.Steps;

/// <summary>Which call a step works for.</summary>
public sealed record CallContext
{
    public required string TaskId { get; init; }

    /// <summary>From 1; grows with every try of the same call.</summary>
    public required int Attempt { get; init; }

    /// <summary>Whether the cancellation of the step's token means that the task is canceled, and not only that this worker stops.</summary>
    public Func<bool> CancelRequested { get; init; } = () => false;
}

/// <summary>A step did not succeed.</summary>
/// <param name="message">For the task's people to read.</param>
public sealed class StepException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether it is worth trying again, and when; null for never.</summary>
    public TimeSpan? RetryIn { get; init; }
}
