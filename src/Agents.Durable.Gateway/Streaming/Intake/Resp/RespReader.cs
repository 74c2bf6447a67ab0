using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;

namespace Agents.Durable.Gateway.Streaming.Intake.Resp;

/// <summary>
/// Reads commands as clients of Redis send them: arrays of bulk strings, or a line of words. Commands may come in pieces or many at a time. What has come of one is
/// kept once, and never more of it than <see cref="MaxCommand"/>.
/// </summary>
internal sealed class RespReader(PipeReader input)
{
    private const int MaxArguments = 1024;
    private const int MaxArgument = 8 * 1024 * 1024;
    private const int MaxCommand = 16 * 1024 * 1024;
    private const int MaxLine = 64 * 1024;

    // As Redis: who has not shown a key yet gets no room for more than showing it takes.
    private const int MaxStrangerArguments = 10;
    private const int MaxStrangerArgument = 16 * 1024;

    private readonly List<byte[]> _arguments = [];
    private int _expected;
    private int _size;
    private int? _bulk;

    /// <summary>Set while the client has yet to show its key.</summary>
    public bool IsStranger { get; set; }

    /// <summary>The next command, its name first; null when the client has closed.</summary>
    /// <exception cref="RespException">Not the protocol, or too large: the connection cannot go on.</exception>
    public async ValueTask<byte[][]?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var reader = new SequenceReader<byte>(read.Buffer);
            if (TryRead(ref reader, out var command))
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

            input.AdvanceTo(reader.Position, read.Buffer.End);
        }
    }

    /// <summary>While a command waits, keeps what the client sends meanwhile for later. False when the client left before the command was done.</summary>
    /// <exception cref="RespException">The client sent more than is kept.</exception>
    public async Task<bool> WatchAsync(Task command, CancellationToken cancellationToken)
    {
        var reading = input.ReadAsync(cancellationToken).AsTask();
        while (true)
        {
            await Task.WhenAny(command, reading);
            if (command.IsCompleted && !reading.IsCompleted)
            {
                input.CancelPendingRead();
            }

            var read = await reading;
            if (command.IsCompleted || read.IsCompleted)
            {
                // Examined no further than its begin, so that what came meanwhile is read at once.
                input.AdvanceTo(read.Buffer.Start);
                return command.IsCompleted;
            }

            if (read.Buffer.Length > MaxCommand)
            {
                throw new RespException("Protocol error: too much sent behind a blocking command");
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            reading = input.ReadAsync(cancellationToken).AsTask();
        }
    }

    private bool TryRead(ref SequenceReader<byte> reader, out byte[][] command)
    {
        command = [];
        if (_expected == 0)
        {
            if (!TryLine(ref reader, "too big inline request", out var line))
            {
                return false;
            }

            if (line.Length == 0 || line[0] != (byte)'*')
            {
                command = InlineWords.Split(line);
                return true;
            }

            var most = IsStranger ? MaxStrangerArguments : MaxArguments;
            _expected = Number(line, MaxArguments, "invalid multibulk length");
            if (_expected > most)
            {
                throw new RespException("Protocol error: unauthenticated multibulk length");
            }

            if (_expected <= 0)
            {
                _expected = 0;
                return true;
            }
        }

        while (_arguments.Count < _expected)
        {
            if (!TryArgument(ref reader))
            {
                return false;
            }
        }

        command = [.. _arguments];
        _arguments.Clear();
        (_expected, _size) = (0, 0);
        return true;
    }

    private bool TryArgument(ref SequenceReader<byte> reader)
    {
        if (_bulk is null)
        {
            if (!TryLine(ref reader, "too big bulk count string", out var header))
            {
                return false;
            }

            if (header.Length == 0 || header[0] != (byte)'$')
            {
                throw new RespException($"Protocol error: expected '$', got '{(header.Length > 0 && header[0] is > 32 and < 127 ? (char)header[0] : ' ')}'");
            }

            var announced = Number(header, MaxArgument, "invalid bulk length");
            if (announced < 0)
            {
                throw new RespException("Protocol error: invalid bulk length");
            }

            if (IsStranger && announced > MaxStrangerArgument)
            {
                throw new RespException("Protocol error: unauthenticated bulk length");
            }

            if ((_size += announced) > MaxCommand)
            {
                throw new RespException("Protocol error: too big command");
            }

            _bulk = announced;
        }

        var length = _bulk.Value;
        if (reader.Remaining < length + 2)
        {
            return false;
        }

        _arguments.Add(reader.UnreadSequence.Slice(0, length).ToArray());
        reader.Advance(length + 2);
        _bulk = null;
        return true;
    }

    private static bool TryLine(ref SequenceReader<byte> reader, string tooLong, out byte[] line)
    {
        if (reader.TryReadTo(out ReadOnlySequence<byte> found, (byte)'\n') && found.Length <= MaxLine)
        {
            line = found.ToArray();
            if (line.Length > 0 && line[^1] == (byte)'\r')
            {
                line = line[..^1];
            }

            return true;
        }

        line = [];
        return found.Length <= MaxLine && reader.Remaining <= MaxLine ? false : throw new RespException($"Protocol error: {tooLong}");
    }

    private static int Number(byte[] line, int most, string problem) =>
        Utf8Parser.TryParse(line.AsSpan(1), out int number, out var used) && used == line.Length - 1 && number <= most
            ? number
            : throw new RespException($"Protocol error: {problem}");
}

/// <summary>The peer does not speak the protocol, or more of it than is taken here.</summary>
internal sealed class RespException(string message) : Exception(message);
