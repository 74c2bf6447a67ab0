using System.Text;
using Google.Protobuf;

namespace Temporalio.Server.Execution.State;

/// <summary>Reads what a <see cref="StateWriter"/> wrote, in the same order.</summary>
internal ref struct StateReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public readonly bool AtEnd => _rest.IsEmpty;

    public long Number()
    {
        ulong bits = 0;
        var shift = 0;
        while (true)
        {
            if (_rest.IsEmpty || shift > 63)
            {
                throw new InvalidDataException("The state ends inside a number.");
            }

            var b = _rest[0];
            _rest = _rest[1..];
            bits |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return (long)(bits >> 1) ^ -(long)(bits & 1);
            }

            shift += 7;
        }
    }

    public int Integer() => (int)Number();

    public bool Flag() => Take(1)[0] != 0;

    public string? Text()
    {
        var size = Integer();
        return size < 0 ? null : Encoding.UTF8.GetString(Take(size));
    }

    public string RequiredText() => Text() ?? throw new InvalidDataException("The state lacks a text.");

    public ReadOnlySpan<byte> Bytes() => Take(Integer());

    public T? Message<T>(MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        var size = Integer();
        return size < 0 ? null : parser.ParseFrom(Take(size));
    }

    public DateTimeOffset? Time()
    {
        var ticks = Number();
        return ticks < 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    public TimeSpan Span() => new(Number());

    private ReadOnlySpan<byte> Take(int size)
    {
        if (size < 0 || size > _rest.Length)
        {
            throw new InvalidDataException("The state ends inside a value.");
        }

        var taken = _rest[..size];
        _rest = _rest[size..];
        return taken;
    }
}
