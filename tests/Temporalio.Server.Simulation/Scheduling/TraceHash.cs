using System.Buffers.Binary;

namespace Temporalio.Server.Simulation.Scheduling;

/// <summary>Everything that a run did, as one number: two runs of a seed that differ anywhere differ here.</summary>
internal sealed class TraceHash
{
    private ulong _hash = 0xCBF29CE484222325;

    public ulong Value => _hash;

    public void Add(long number) => _hash = (ulong.RotateLeft(_hash, 5) ^ (ulong)number) * 0x9E3779B97F4A7C15;

    public void Add(string text)
    {
        foreach (var c in text)
        {
            Add(c);
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(long))
        {
            Add(BinaryPrimitives.ReadInt64LittleEndian(bytes));
            bytes = bytes[sizeof(long)..];
        }

        foreach (var b in bytes)
        {
            Add(b);
        }
    }
}
