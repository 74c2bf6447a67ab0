using System.Globalization;
using System.Text;

namespace Agents.Durable.Gateway.Streaming.Intake.Resp;

/// <summary>A command as a line of words, as a person types it: words may be quoted, within double quotes with escapes.</summary>
internal static class InlineWords
{
    /// <exception cref="RespException">A quote is not closed, or something follows it without a space.</exception>
    public static byte[][] Split(ReadOnlySpan<byte> line)
    {
        var words = new List<byte[]>();
        var at = 0;
        while (true)
        {
            while (at < line.Length && IsSpace(line[at]))
            {
                at++;
            }

            if (at == line.Length)
            {
                return [.. words];
            }

            words.Add(Word(line, ref at));
        }
    }

    private static byte[] Word(ReadOnlySpan<byte> line, ref int at)
    {
        var word = new List<byte>();
        while (at < line.Length && !IsSpace(line[at]))
        {
            if (line[at] is not ((byte)'"' or (byte)'\''))
            {
                word.Add(line[at++]);
                continue;
            }

            Quoted(line, ref at, word);
            if (at < line.Length && !IsSpace(line[at]))
            {
                throw Unbalanced();
            }
        }

        return [.. word];
    }

    private static void Quoted(ReadOnlySpan<byte> line, ref int at, List<byte> word)
    {
        var quote = line[at++];
        while (at < line.Length && line[at] != quote)
        {
            if (line[at] != (byte)'\\' || at + 1 >= line.Length || (quote == (byte)'\'' && line[at + 1] != (byte)'\''))
            {
                word.Add(line[at++]);
                continue;
            }

            if (line[at + 1] == (byte)'x' && at + 3 < line.Length && byte.TryParse(Encoding.ASCII.GetString(line.Slice(at + 2, 2)), NumberStyles.AllowHexSpecifier, null, out var code))
            {
                word.Add(code);
                at += 4;
                continue;
            }

            word.Add(line[at + 1] switch { (byte)'n' => 10, (byte)'r' => 13, (byte)'t' => 9, (byte)'b' => 8, (byte)'a' => 7, var other => other });
            at += 2;
        }

        if (at++ >= line.Length)
        {
            throw Unbalanced();
        }
    }

    private static bool IsSpace(byte value) => value is 32 or (>= 9 and <= 13) or 0;

    private static RespException Unbalanced() => new("Protocol error: unbalanced quotes in request");
}
