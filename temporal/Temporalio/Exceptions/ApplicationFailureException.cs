using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Converters;

namespace Temporalio.Exceptions;

/// <summary>A failure of user code. The one to throw from workflows and activities.</summary>
public class ApplicationFailureException : FailureException
{
    /// <param name="message">Message.</param>
    /// <param name="errorType">Compared with <see cref="Common.RetryPolicy.NonRetryableErrorTypes"/>.</param>
    /// <param name="nonRetryable">True to stop retries whatever the retry policy says.</param>
    /// <param name="details">Serialised with the failure.</param>
    /// <param name="nextRetryDelay">Overrides the retry policy's interval before the next attempt.</param>
    /// <param name="category">How severe the failure is to an observer; benign ones are not logged as errors.</param>
    public ApplicationFailureException(
        string message,
        string? errorType = null,
        bool nonRetryable = false,
        IReadOnlyCollection<object?>? details = null,
        TimeSpan? nextRetryDelay = null,
        ApplicationErrorCategory category = ApplicationErrorCategory.Unspecified)
        : this(message, null, errorType, nonRetryable, details, nextRetryDelay, category)
    {
    }

    /// <inheritdoc cref="ApplicationFailureException(string, string?, bool, IReadOnlyCollection{object?}?, TimeSpan?, ApplicationErrorCategory)"/>
    public ApplicationFailureException(
        string message,
        Exception? inner,
        string? errorType = null,
        bool nonRetryable = false,
        IReadOnlyCollection<object?>? details = null,
        TimeSpan? nextRetryDelay = null,
        ApplicationErrorCategory category = ApplicationErrorCategory.Unspecified)
        : base(message, inner)
    {
        ErrorType = errorType;
        NonRetryable = nonRetryable;
        Details = new OutboundFailureDetails(details ?? []);
        NextRetryDelay = nextRetryDelay;
        Category = category;
    }

    protected internal ApplicationFailureException(Failure failure, Exception? inner, IPayloadConverter converter)
        : base(failure, inner)
    {
        // A reset writes its own kind of failure, which has heartbeat details and nothing else.
        if (failure.FailureInfoCase == Failure.FailureInfoOneofCase.ResetWorkflowFailureInfo)
        {
            ErrorType = "ResetWorkflow";
            Details = new InboundFailureDetails(
                converter, failure.ResetWorkflowFailureInfo.LastHeartbeatDetails?.Payloads_ ?? []);
            return;
        }
        var info = failure.ApplicationFailureInfo ?? throw new ArgumentException("No application failure info", nameof(failure));
        ErrorType = info.Type.Length == 0 ? null : info.Type;
        NonRetryable = info.NonRetryable;
        Details = new InboundFailureDetails(converter, info.Details?.Payloads_ ?? []);
        NextRetryDelay = info.NextRetryDelay?.ToTimeSpan();
        Category = info.Category;
    }

    public string? ErrorType { get; protected init; }

    public bool NonRetryable { get; protected init; }

    public IFailureDetails Details { get; protected init; }

    public TimeSpan? NextRetryDelay { get; protected init; }

    public ApplicationErrorCategory Category { get; protected init; }
}
