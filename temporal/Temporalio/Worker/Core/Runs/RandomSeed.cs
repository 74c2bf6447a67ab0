using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Temporalio.Worker.Core.Runs;

/// <summary>
/// SipHash-1-3 with zero keys over a run id and the byte 0xFF: what the official core seeds workflows with. Replays of their
/// histories depend on every bit of it, since ids drawn from it are checked.
/// </summary>
internal static class RandomSeed
{
    public static ulong Of(string runId)
    {
        var input = Encoding.UTF8.GetBytes(runId + '\0');
        input[^1] = 0xFF;

        ulong v0 = 0x736f6d6570736575, v1 = 0x646f72616e646f6d, v2 = 0x6c7967656e657261, v3 = 0x7465646279746573;
        var whole = input.Length - (input.Length % 8);
        for (var i = 0; i < whole; i += 8)
        {
            Absorb(BinaryPrimitives.ReadUInt64LittleEndian(input.AsSpan(i)), ref v0, ref v1, ref v2, ref v3);
        }

        var last = (ulong)input.Length << 56;
        for (var i = whole; i < input.Length; i++)
        {
            last |= (ulong)input[i] << (8 * (i - whole));
        }

        Absorb(last, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xFF;
        for (var i = 0; i < 3; i++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Absorb(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
