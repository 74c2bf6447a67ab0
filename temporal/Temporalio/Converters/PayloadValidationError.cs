using Temporalio.Exceptions;

namespace Temporalio.Converters;

/// <summary>What a converter throws to refuse an update's arguments as invalid instead of failing the workflow task.</summary>
public static class PayloadValidationError
{
    public static ApplicationFailureException CreateException(object? details) =>
        new("Payload validation failed", "PayloadValidationError", nonRetryable: true, details: [details]);
}
