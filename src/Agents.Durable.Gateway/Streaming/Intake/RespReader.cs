using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>Reads commands as clients of Redis send them: arrays of bulk strings, or a line of words. Commands may come many at a time.</summary>
internal sealed class RespReader(PipeReader input)
{
    private const int MaxArguments = 1024;
    private const int MaxArgument = 8 * 1024 * 1024;
    private const int MaxLine = 64 * 1024;

    /// <summary>The next command, its name first; null when the client has closed.</summary>
    /// <exception cref="RespException">Not the protocol, or too large: the connection cannot go on.</exception>
    public async ValueTask<byte[][]?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var reader = new SequenceReader<byte>(read.Buffer);
            if (TryParse(ref reader, out var command))
            {
                input.AdvanceTo(reader.Position);
                if (command.Length > 0)
                {
                    return command;
                }

                continue;
            }

            if (read.IsCompleted)
            {
                return null;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool TryParse(ref SequenceReader<byte> reader, out byte[][] command)
    {
        command = [];
        if (!TryLine(ref reader, out var line))
        {
            return false;
        }

        if (line.Length == 0 || line[0] != (byte)'*')
        {
            command = [.. Encoding.UTF8.GetString(line).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Encoding.UTF8.GetBytes)];
            return true;
        }

        var count = Number(line, MaxArguments, "invalid multibulk length");
        var arguments = new byte[Math.Max(count, 0)][];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!TryLine(ref reader, out var header))
            {
                return false;
            }

            if (header.Length == 0 || header[0] != (byte)'$')
            {
                throw new RespException("Protocol error: expected '$'");
            }

            var length = Number(header, MaxArgument, "invalid bulk length");
            if (length < 0)
            {
                throw new RespException("Protocol error: invalid bulk length");
            }

            if (reader.Remaining < length + 2)
            {
                return false;
            }

            arguments[i] = reader.UnreadSequence.Slice(0, length).ToArray();
            reader.Advance(length + 2);
        }

        command = arguments;
        return true;
    }

    private static bool TryLine(ref SequenceReader<byte> reader, out byte[] line)
    {
        if (reader.TryReadTo(out ReadOnlySequence<byte> found, (byte)'\n'))
        {
            line = found.ToArray();
            if (line.Length > 0 && line[^1] == (byte)'\r')
            {
                line = line[..^1];
            }

            return true;
        }

        line = [];
        return reader.Remaining <= MaxLine ? false : throw new RespException("Protocol error: too big inline request");
    }

    private static int Number(byte[] line, int most, string problem) =>
        Utf8Parser.TryParse(line.AsSpan(1), out int number, out var used) && used == line.Length - 1 && number <= most
            ? number
            : throw new RespException($"Protocol error: {problem}");
}

/// <summary>The peer does not speak the protocol, or more of it than is taken here.</summary>
internal sealed class RespException(string message) : Exception(message);
