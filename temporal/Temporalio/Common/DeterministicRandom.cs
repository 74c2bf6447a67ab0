using System.Buffers.Binary;
using System.Numerics;

namespace Temporalio.Common;

/// <summary>
/// The random numbers of a workflow: the same seed gives the same numbers on every machine and in every version. The generator is
/// PCG's "MCG XSL 64" over 128 bits of state, and the ranges are drawn the way the official SDK's core draws them, so that ids made
/// from them agree with histories which its workers wrote.
/// </summary>
public class DeterministicRandom : Random
{
    private static readonly UInt128 s_multiplier = new(0x2360ED051FC65DA4, 0x4385DF649FCCF645);

    private UInt128 _state;

    public DeterministicRandom(ulong seed)
    {
        Span<uint> words = stackalloc uint[4];
        foreach (ref var word in words)
        {
            seed = unchecked((seed * 0x5851F42D4C957F2D) + 0xA17654E46FBE17F3);
            word = BitOperations.RotateRight((uint)(((seed >> 18) ^ seed) >> 27), (int)(seed >> 59));
        }
        // An even state would halve the period of a multiplicative generator.
        _state = new UInt128(((ulong)words[3] << 32) | words[2], ((ulong)words[1] << 32) | words[0]) | 1;
    }

    public override int Next() => Next(0, int.MaxValue);

    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return Next(0, maxValue);
    }

    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        if (minValue == maxValue)
        {
            return minValue;
        }
        var range = unchecked((uint)maxValue - (uint)minValue);
        var product = (ulong)NextUInt32() * range;
        var result = (uint)(product >> 32);
        var low = (uint)product;
        if (low > unchecked(0 - range))
        {
            // One more draw decides whether the product, seen with more bits, would have carried.
            var high = (uint)(((ulong)NextUInt32() * range) >> 32);
            if (unchecked(low + high) < low)
            {
                result++;
            }
        }
        return unchecked((int)((uint)minValue + result));
    }

    public override double NextDouble() =>
        BitConverter.UInt64BitsToDouble((NextUInt64() >> 12) | (0x3FFUL << 52)) - 1.0;

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    public override void NextBytes(Span<byte> buffer)
    {
        Span<byte> draw = stackalloc byte[8];
        while (!buffer.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(draw, NextUInt64());
            var taken = Math.Min(draw.Length, buffer.Length);
            draw[..taken].CopyTo(buffer);
            buffer = buffer[taken..];
        }
    }

    /// <inheritdoc/>
    protected override double Sample() => NextDouble();

    internal ulong NextUInt64()
    {
        _state = unchecked(_state * s_multiplier);
        return BitOperations.RotateRight((ulong)(_state >> 64) ^ (ulong)_state, (int)(_state >> 122));
    }

    private uint NextUInt32() => (uint)NextUInt64();
}
