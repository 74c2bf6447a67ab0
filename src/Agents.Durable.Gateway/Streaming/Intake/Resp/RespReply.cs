using System.Buffers;
using System.Text;

namespace Agents.Durable.Gateway.Streaming.Intake.Resp;

/// <summary>One answer to a client of Redis.</summary>
internal abstract record RespReply
{
    private protected RespReply() { }

    public static RespReply Ok { get; } = new RespStatus("OK");

    /// <summary>No value.</summary>
    public static RespReply Null { get; } = new RespNull('$');

    /// <summary>No list of values; version 2 tells it from no value.</summary>
    public static RespReply NullArray { get; } = new RespNull('*');

    public static RespReply Error(string message) => new RespError(message);

    public static RespReply Text(string text) => new RespBulk(Encoding.UTF8.GetBytes(text));

    public static RespReply Statuses(IEnumerable<string> texts) => new RespSet([.. texts.Select(text => new RespStatus(text))]);

    public abstract void Write(RespWriter output);
}

internal sealed record RespStatus(string Status) : RespReply
{
    public override void Write(RespWriter output) => output.Line('+', Status);
}

internal sealed record RespError(string Message) : RespReply
{
    public override void Write(RespWriter output) => output.Line('-', Message.ReplaceLineEndings(" "));
}

internal sealed record RespInteger(long Value) : RespReply
{
    public override void Write(RespWriter output) => output.Line(':', Value);
}

internal sealed record RespNull(char Kind) : RespReply
{
    public override void Write(RespWriter output)
    {
        if (output.Version == 3)
        {
            output.Output.Write("_\r\n"u8);
        }
        else
        {
            output.Line(Kind, -1);
        }
    }
}

internal sealed record RespBulk(ReadOnlyMemory<byte> Value) : RespReply
{
    public override void Write(RespWriter output) => output.Bulk(Value.Span);
}

/// <summary>Text for people, which version 3 marks as such.</summary>
internal sealed record RespVerbatim(string Value) : RespReply
{
    public override void Write(RespWriter output)
    {
        if (output.Version == 3)
        {
            output.Line('=', Encoding.UTF8.GetByteCount(Value) + 4);
            output.Output.Write(Encoding.UTF8.GetBytes($"txt:{Value}\r\n"));
        }
        else
        {
            output.Bulk(Encoding.UTF8.GetBytes(Value));
        }
    }
}

internal sealed record RespArray(params IReadOnlyList<RespReply> Items) : RespReply
{
    public override void Write(RespWriter output)
    {
        output.Line('*', Items.Count);
        foreach (var item in Items)
        {
            item.Write(output);
        }
    }
}

/// <summary>Values without an order; an array in version 2.</summary>
internal sealed record RespSet(params IReadOnlyList<RespReply> Items) : RespReply
{
    public override void Write(RespWriter output)
    {
        output.Line(output.Version == 3 ? '~' : '*', Items.Count);
        foreach (var item in Items)
        {
            item.Write(output);
        }
    }
}

/// <summary>Names and values; one flat array in version 2.</summary>
internal sealed record RespMap(params IReadOnlyList<(RespReply Name, RespReply Value)> Items) : RespReply
{
    public override void Write(RespWriter output)
    {
        output.Line(output.Version == 3 ? '%' : '*', output.Version == 3 ? Items.Count : Items.Count * 2);
        foreach (var (name, value) in Items)
        {
            name.Write(output);
            value.Write(output);
        }
    }

    public static RespMap Of(params IEnumerable<(string Name, RespReply Value)> items) => new([.. items.Select(item => (Text(item.Name), item.Value))]);
}

/// <summary>The entries of several streams, by key: a map in version 3, pairs in version 2.</summary>
internal sealed record RespStreams(IReadOnlyList<(byte[] Key, RespReply Entries)> Streams) : RespReply
{
    public override void Write(RespWriter output)
    {
        output.Line(output.Version == 3 ? '%' : '*', Streams.Count);
        foreach (var (key, entries) in Streams)
        {
            if (output.Version != 3)
            {
                output.Line('*', 2);
            }

            output.Bulk(key);
            entries.Write(output);
        }
    }
}
