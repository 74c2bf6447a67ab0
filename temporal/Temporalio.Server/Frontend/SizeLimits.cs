using Google.Protobuf;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Server.Frontend;

/// <summary>How large payloads may be, and what becomes of those that are larger.</summary>
internal static class SizeLimits
{
    public const int BlobBytes = 2 * 1024 * 1024;
    private const int RetainedFailureBytes = 4 * 1024;

    public static bool Exceeds(IMessage? message) => message is not null && message.CalculateSize() > BlobBytes;

    public static Failure Failure(string message) => new() { Message = message, ServerFailureInfo = new() { NonRetryable = true } };

    /// <summary>A failure as it is remembered between attempts: a large one is cut.</summary>
    public static Failure? Truncated(Failure? failure)
    {
        if (failure is null || failure.CalculateSize() <= RetainedFailureBytes)
        {
            return failure;
        }

        var cut = Failure("Failure exceeds size limit.");
        cut.Cause = new Failure { Message = failure.Message.Length > 1000 ? failure.Message[..1000] : failure.Message, Source = failure.Source };
        if (failure.ApplicationFailureInfo is { } info)
        {
            cut.Cause.ApplicationFailureInfo = new() { Type = info.Type, NonRetryable = info.NonRetryable };
        }

        return cut;
    }
}
