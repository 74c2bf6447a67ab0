using System.Text;
using Google.Protobuf;

namespace Temporalio.Server.Execution.State;

/// <summary>
/// Writes a run's state: a sequence of fields without tags, whose order is the format. <see cref="StateReader"/> reads the same order back;
/// the version at the front of a run's state tells which order that is.
/// </summary>
internal sealed class StateWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    public int Length => _length;

    public ReadOnlyMemory<byte> ToMemory() => _buffer.AsSpan(0, _length).ToArray();

    public void Clear() => _length = 0;

    public void Number(long value)
    {
        var bits = (ulong)((value << 1) ^ (value >> 63));
        var span = Reserve(10);
        var i = 0;
        while (bits >= 0x80)
        {
            span[i++] = (byte)(bits | 0x80);
            bits >>= 7;
        }

        span[i++] = (byte)bits;
        _length += i;
    }

    public void Flag(bool value)
    {
        Reserve(1)[0] = value ? (byte)1 : (byte)0;
        _length++;
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            Number(-1);
            return;
        }

        var size = Encoding.UTF8.GetByteCount(value);
        Number(size);
        Encoding.UTF8.GetBytes(value, Reserve(size));
        _length += size;
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        value.CopyTo(Reserve(value.Length));
        _length += value.Length;
    }

    public void Message(IMessage? value)
    {
        if (value is null)
        {
            Number(-1);
            return;
        }

        var size = value.CalculateSize();
        Number(size);
        value.WriteTo(Reserve(size)[..size]);
        _length += size;
    }

    public void Time(DateTimeOffset? value) => Number(value?.UtcTicks ?? -1);

    public void Span(TimeSpan value) => Number(value.Ticks);

    private Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _length < size)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        }

        return _buffer.AsSpan(_length);
    }
}
