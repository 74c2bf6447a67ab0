using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;

namespace Temporalio.Rpc.Framing;

/// <summary>gRPC's length-prefixed message: one byte that says whether it is compressed, four bytes of length, the message.</summary>
internal static class MessageFrame
{
    public const int HeaderSize = 5;

    /// <summary>Below this, compressing costs more than it saves, even on a slow link.</summary>
    public const int DefaultCompressionThreshold = 4096;

    /// <summary>The frame of a reply or request; compressed when its size reaches <paramref name="compressFrom"/>.</summary>
    public static (byte[] Frame, bool Compressed) Encode(IMessage message, RawField? raw, int compressFrom)
    {
        var rawSize = raw is null ? 0 : RawFieldSize(raw);
        var own = message.CalculateSize();
        var size = own + (raw is null ? 0 : rawSize);
        var frame = new byte[HeaderSize + size];
        message.WriteTo(frame.AsSpan(HeaderSize, own));
        if (raw is not null)
        {
            WriteRaw(raw, frame.AsSpan(HeaderSize + own));
        }
        if (size >= compressFrom)
        {
            return (Compress(frame.AsSpan(HeaderSize)), true);
        }
        WriteHeader(frame, compressed: false, size);
        return (frame, false);
    }

    /// <summary>The message inside a whole frame, decompressed.</summary>
    /// <exception cref="RpcFault">The frame is cut off, is not followed by the end, or would decompress beyond the limit.</exception>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> frame, string? encoding, int maxSize)
    {
        if (frame.Length < HeaderSize)
        {
            throw new RpcFault(RpcStatusCode.Internal, "grpc: the message is cut off before its length prefix ends");
        }
        var length = BinaryPrimitives.ReadUInt32BigEndian(frame.Span[1..]);
        ThrowIfTooLarge(length, maxSize);
        var body = frame[HeaderSize..];
        if (body.Length != length)
        {
            throw new RpcFault(RpcStatusCode.Internal, $"grpc: the message has {body.Length} bytes where its prefix says {length}");
        }
        return frame.Span[0] switch
        {
            0 => body,
            1 when encoding == "gzip" => Decompress(body, maxSize),
            1 => throw new RpcFault(RpcStatusCode.Unimplemented, $"grpc: Decompressor is not installed for grpc-encoding \"{encoding}\""),
            _ => throw new RpcFault(RpcStatusCode.Internal, "grpc: received unexpected payload format"),
        };
    }

    public static void ThrowIfTooLarge(long size, int maxSize)
    {
        if (size > maxSize)
        {
            throw new RpcFault(RpcStatusCode.ResourceExhausted, $"grpc: received message larger than max ({size} vs. {maxSize})");
        }
    }

    /// <summary>The raw field as bytes that parse, and merge, like any other part of the message.</summary>
    public static byte[] RawBytes(RawField raw)
    {
        var bytes = new byte[RawFieldSize(raw)];
        WriteRaw(raw, bytes);
        return bytes;
    }

    private static int RawFieldSize(RawField raw)
    {
        var length = raw.Segments.Sum(s => s.Length);
        return CodedOutputStream.ComputeTagSize(raw.FieldNumber) + CodedOutputStream.ComputeLengthSize(length) + length;
    }

    private static void WriteRaw(RawField raw, Span<byte> target)
    {
        var length = raw.Segments.Sum(s => s.Length);
        var at = WriteVarint(target, ((uint)raw.FieldNumber << 3) | (uint)WireFormat.WireType.LengthDelimited);
        at += WriteVarint(target[at..], (uint)length);
        foreach (var segment in raw.Segments)
        {
            segment.Span.CopyTo(target[at..]);
            at += segment.Length;
        }
    }

    private static int WriteVarint(Span<byte> target, uint value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            target[at++] = (byte)(value | 0x80);
        }
        target[at++] = (byte)value;
        return at;
    }

    private static void WriteHeader(Span<byte> frame, bool compressed, int size)
    {
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(frame[1..], (uint)size);
    }

    private static byte[] Compress(ReadOnlySpan<byte> message)
    {
        using var buffer = new MemoryStream(message.Length / 2);
        buffer.Write(stackalloc byte[HeaderSize]);
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(message);
        }
        var frame = buffer.ToArray();
        WriteHeader(frame, compressed: true, frame.Length - HeaderSize);
        return frame;
    }

    private static byte[] Decompress(ReadOnlyMemory<byte> body, int maxSize)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            using var gzip = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
            using var message = new MemoryStream();
            for (int read; (read = gzip.Read(chunk)) > 0;)
            {
                message.Write(chunk, 0, read);
                ThrowIfTooLarge(message.Length, maxSize);
            }
            return message.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new RpcFault(RpcStatusCode.Internal, "grpc: failed to decompress the received message: it is not gzip", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
