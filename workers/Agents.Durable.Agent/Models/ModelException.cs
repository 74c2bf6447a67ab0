namespace Agents.Durable.Agent.Models;

/// <summary>A model could not be asked, or did not answer to the end. Model clients throw nothing else but cancellation.</summary>
/// <param name="message">For the task's people to read: what went wrong, no secrets.</param>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the same request may succeed later.</summary>
    public bool Retryable { get; init; }

    /// <summary>When the provider wants to be asked again; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The HTTP status of the provider's answer; null when there was none.</summary>
    public int? Status { get; init; }
}
