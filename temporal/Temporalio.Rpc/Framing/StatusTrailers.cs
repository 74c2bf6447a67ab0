using System.Globalization;
using System.Text;
using Google.Protobuf;

namespace Temporalio.Rpc.Framing;

/// <summary>A call's outcome as the trailers <c>grpc-status</c>, <c>grpc-message</c> and <c>grpc-status-details-bin</c>.</summary>
internal static class StatusTrailers
{
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Details = "grpc-status-details-bin";

    /// <summary>Percent-encodes everything outside printable ASCII, and the percent sign, byte by byte of the UTF-8 text.</summary>
    public static string EncodeMessage(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        if (Array.TrueForAll(bytes, IsPlain))
        {
            return message;
        }
        var text = new StringBuilder(bytes.Length + 16);
        foreach (var b in bytes)
        {
            _ = IsPlain(b) ? text.Append((char)b) : text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    /// <summary>The inverse of <see cref="EncodeMessage"/>; what is no escape stays as it is, as the specification asks.</summary>
    public static string DecodeMessage(string text)
    {
        if (!text.Contains('%'))
        {
            return text;
        }
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var b))
            {
                bytes.Add(b);
                i += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text, i, 1));
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>The details header, or <see langword="null"/> where there is nothing beyond code and message. Unpadded, as grpc-go writes it.</summary>
    public static string? EncodeDetails(RpcFault fault) =>
        fault.Details.Count == 0 ? null : Base64.Encode(fault.ToStatus().ToByteArray());

    /// <summary>The fault that the three values describe.</summary>
    public static RpcFault Fault(int code, string? message, string? details)
    {
        var text = message is null ? "" : DecodeMessage(message);
        var known = code is >= 0 and <= 16 ? (RpcStatusCode)code : RpcStatusCode.Unknown;
        if (details is not null && Base64.TryDecode(details, out var bytes))
        {
            try
            {
                return new RpcFault(known, text) { Details = Google.Rpc.Status.Parser.ParseFrom(bytes).Details };
            }
            catch (InvalidProtocolBufferException)
            {
                // Details are an extra: a peer that garbles them has still said what went wrong.
            }
        }
        return new RpcFault(known, text);
    }

    private static bool IsPlain(byte b) => b is >= 0x20 and <= 0x7E and not (byte)'%';
}
