using System.Text;
using Google.Protobuf;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Server.Frontend;

/// <summary>How large payloads may be, and what becomes of those that are larger.</summary>
internal static class SizeLimits
{
    public const int BlobBytes = 2 * 1024 * 1024;
    private const int RetainedFailureBytes = 4 * 1024;
    private const int BytesBeforeMessage = 16;
    private const int BytesBeforeCause = 8;
    private const int MaxDepth = 20;

    public static bool Exceeds(IMessage? message) => message is not null && message.CalculateSize() > BlobBytes;

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT: what a caller gives a workflow is too large.</exception>
    public static void Check(IMessage? input)
    {
        if (Exceeds(input))
        {
            throw Faults.Invalid("Blob data size exceeds limit.");
        }
    }

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT.</exception>
    public static void CheckMemo(IMessage? memo)
    {
        if (Exceeds(memo))
        {
            throw Faults.Invalid("Memo size exceeds limit.");
        }
    }

    public static Failure Failure(string message) => new() { Message = message, ServerFailureInfo = new() { NonRetryable = true } };

    /// <summary>A failure as it is remembered between attempts: a large one is cut.</summary>
    public static Failure? Truncated(Failure? failure)
    {
        if (failure is null || failure.CalculateSize() <= RetainedFailureBytes)
        {
            return failure;
        }

        var left = RetainedFailureBytes;
        return new Failure { Message = "Failure exceeds size limit.", ServerFailureInfo = new(), Cause = Cut(failure, ref left, MaxDepth) };
    }

    // What comes first matters most: each cause gets what those before it have left over.
    private static Failure Cut(Failure failure, ref int left, int depth)
    {
        var cut = new Failure();
        if (failure.ApplicationFailureInfo is { } info)
        {
            cut.ApplicationFailureInfo = new() { Type = Text(info.Type, ref left), NonRetryable = info.NonRetryable };
        }
        else if (failure.ServerFailureInfo is { } server)
        {
            cut.ServerFailureInfo = new() { NonRetryable = server.NonRetryable };
        }

        cut.Source = Text(failure.Source, ref left);
        left -= BytesBeforeMessage;
        cut.Message = Text(failure.Message, ref left);
        cut.StackTrace = Text(failure.StackTrace, ref left);
        left -= BytesBeforeCause;
        if (failure.Cause is not null && left > BytesBeforeMessage && depth > 1)
        {
            cut.Cause = Cut(failure.Cause, ref left, depth - 1);
        }

        return cut;
    }

    private static string Text(string text, ref int left)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > left)
        {
            var end = Math.Max(left, 0);
            while (end > 0 && (bytes[end] & 0xC0) == 0x80)
            {
                end--;
            }

            text = Encoding.UTF8.GetString(bytes, 0, end);
            bytes = bytes[..end];
        }

        left -= bytes.Length;
        return text;
    }
}
