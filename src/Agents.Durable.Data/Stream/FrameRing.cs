namespace Agents.Durable.Data.Stream;

/// <summary>The newest frames of one task, bounded by count and bytes; the oldest give way. Not thread-safe.</summary>
internal sealed class FrameRing(int maxFrames, int maxBytes, long floor)
{
    private StreamFrame[] _frames = new StreamFrame[16];
    private int _start;
    private int _count;
    private long _bytes;

    /// <summary>Everything after this number is here.</summary>
    public long Floor { get; private set; } = floor;

    /// <summary>The last number that is here.</summary>
    public long Last { get; private set; } = floor;

    public void Add(StreamFrame frame)
    {
        if (_count == _frames.Length)
        {
            Grow();
        }

        _frames[(_start + _count++) % _frames.Length] = frame;
        _bytes += frame.Size;
        Last = frame.Seq;
        // The newest stays whatever its size, else a viewer at the tail could never get it.
        while (_count > 1 && (_count > maxFrames || _bytes > maxBytes))
        {
            RemoveOldest();
        }
    }

    /// <summary>The frames after the cursor, which must not lie below <see cref="Floor"/>.</summary>
    public IReadOnlyList<StreamFrame> After(long cursor)
    {
        var first = 0;
        for (var end = _count; first < end;)
        {
            var middle = (first + end) / 2;
            if (At(middle).Seq > cursor)
            {
                end = middle;
            }
            else
            {
                first = middle + 1;
            }
        }

        var frames = new StreamFrame[_count - first];
        for (var i = 0; i < frames.Length; i++)
        {
            frames[i] = At(first + i);
        }

        return frames;
    }

    private StreamFrame At(int index) => _frames[(_start + index) % _frames.Length];

    private void RemoveOldest()
    {
        var oldest = _frames[_start];
        _frames[_start] = null!;
        _start = (_start + 1) % _frames.Length;
        _count--;
        _bytes -= oldest.Size;
        Floor = oldest.Seq;
    }

    private void Grow()
    {
        var larger = new StreamFrame[_frames.Length * 2];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = At(i);
        }

        (_frames, _start) = (larger, 0);
    }
}
