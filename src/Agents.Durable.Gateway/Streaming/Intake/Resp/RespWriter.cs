using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Agents.Durable.Gateway.Streaming.Intake.Resp;

/// <summary>Where answers are written, in the version of the protocol that the client has asked for.</summary>
/// <param name="Version">2 or 3.</param>
internal readonly record struct RespWriter(IBufferWriter<byte> Output, int Version)
{
    public void Line(char kind, string text) => Output.Write(Encoding.UTF8.GetBytes($"{kind}{text}\r\n"));

    public void Line(char kind, long number)
    {
        var span = Output.GetSpan(24);
        span[0] = (byte)kind;
        Utf8Formatter.TryFormat(number, span[1..], out var used);
        "\r\n"u8.CopyTo(span[(used + 1)..]);
        Output.Advance(used + 3);
    }

    public void Bulk(ReadOnlySpan<byte> value)
    {
        Line('$', value.Length);
        Output.Write(value);
        Output.Write("\r\n"u8);
    }
}
