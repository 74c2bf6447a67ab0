using System.Buffers;
using System.Text;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>One answer to a client of Redis.</summary>
internal abstract record RespReply
{
    private protected RespReply() { }

    public static RespReply Ok { get; } = new RespStatus("OK");

    public static RespReply Error(string message) => new RespError(message);

    public static RespReply Text(string text) => new RespBulk(Encoding.UTF8.GetBytes(text));

    public abstract void Write(IBufferWriter<byte> output);

    private protected static void Line(IBufferWriter<byte> output, char kind, string text) => output.Write(Encoding.UTF8.GetBytes($"{kind}{text}\r\n"));
}

internal sealed record RespStatus(string Status) : RespReply
{
    public override void Write(IBufferWriter<byte> output) => Line(output, '+', Status);
}

internal sealed record RespError(string Message) : RespReply
{
    public override void Write(IBufferWriter<byte> output) => Line(output, '-', Message.ReplaceLineEndings(" "));
}

internal sealed record RespInteger(long Value) : RespReply
{
    public override void Write(IBufferWriter<byte> output) => Line(output, ':', Value.ToString());
}

internal sealed record RespBulk(ReadOnlyMemory<byte> Value) : RespReply
{
    public override void Write(IBufferWriter<byte> output)
    {
        Line(output, '$', Value.Length.ToString());
        output.Write(Value.Span);
        output.Write("\r\n"u8);
    }
}

internal sealed record RespArray(params IReadOnlyList<RespReply> Items) : RespReply
{
    public override void Write(IBufferWriter<byte> output)
    {
        Line(output, '*', Items.Count.ToString());
        foreach (var item in Items)
        {
            item.Write(output);
        }
    }
}

/// <summary>Names and values, as protocol version 3 answers HELLO.</summary>
internal sealed record RespMap(params IReadOnlyList<RespReply> NamesAndValues) : RespReply
{
    public override void Write(IBufferWriter<byte> output)
    {
        Line(output, '%', (NamesAndValues.Count / 2).ToString());
        foreach (var item in NamesAndValues)
        {
            item.Write(output);
        }
    }
}
