using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Agents.Durable.Gateway.Records;

/// <summary>Ids of messages and states: 24 hexadecimal digits, as Agentex's; seconds, then chance.</summary>
internal static class ShortId
{
    public static string New(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, unchecked((uint)at.ToUnixTimeSeconds()));
        RandomNumberGenerator.Fill(bytes[4..]);
        return Convert.ToHexStringLower(bytes);
    }
}
