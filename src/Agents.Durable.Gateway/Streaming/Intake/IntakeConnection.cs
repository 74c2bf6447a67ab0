using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Agents.Durable.Gateway.Streaming.Intake.Commands;
using Agents.Durable.Gateway.Streaming.Intake.Resp;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>
/// One client's connection: takes its commands in order, several at once, and writes the answers in that order. It ends when the client leaves or sends what is no
/// command, and when this process stops: then nothing more is taken, and what was begun is answered for a short while.
/// </summary>
internal sealed partial class IntakeConnection(IntakeServices services, long id, ILogger logger)
{
    /// <summary>Commands of one client under way; more are left unread.</summary>
    private const int MaxUnderWay = 1024;
    private const int MaxUnflushed = 64 * 1024;

    private static readonly StreamPipeReaderOptions s_reading = new(bufferSize: 16 * 1024, leaveOpen: true);
    private static readonly TimeSpan s_lastAnswers = TimeSpan.FromSeconds(2);

    private readonly IntakeSession _session = new(services, id);

    public async Task ServeAsync(Stream network, CancellationToken stopping)
    {
        using var aborting = new CancellationTokenSource(Timeout.InfiniteTimeSpan, services.Time);
        using var stopped = stopping.UnsafeRegister(_ => aborting.CancelAfter(s_lastAnswers), null);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborting.Token);

        var reader = new RespReader(PipeReader.Create(network, s_reading));
        var answers = Channel.CreateBounded<Answer>(new BoundedChannelOptions(MaxUnderWay) { SingleReader = true, SingleWriter = true });
        var writing = WriteAsync(answers.Reader, PipeWriter.Create(network), aborting);
        try
        {
            await ReadAsync(reader, answers.Writer, aborting, leaving.Token);
        }
        catch (RespException exception)
        {
            await answers.Writer.WriteAsync(new(Task.FromResult(RespReply.Error($"ERR {exception.Message}")), _session.Protocol), aborting.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What was begun is still answered.
        }
        finally
        {
            answers.Writer.Complete();
            await writing;
        }
    }

    private async Task ReadAsync(RespReader reader, ChannelWriter<Answer> answers, CancellationTokenSource aborting, CancellationToken leaving)
    {
        while (!_session.IsClosing)
        {
            reader.IsStranger = _session.IsStranger;
            if (await reader.ReadAsync(leaving) is not { } arguments || IsOfBrowser(arguments))
            {
                return;
            }

            Interlocked.Increment(ref services.Counts.Commands);
            var run = await IntakeCommands.BeginAsync(new CommandCall(_session, arguments, aborting.Token, leaving));
            await answers.WriteAsync(new(run.Reply, _session.Protocol), leaving);
            if (run.Blocks && !await IsAnsweredAsync(reader, run.Reply, aborting, leaving))
            {
                return;
            }
        }
    }

    // However it goes, nobody else would end a command that waits for what may never come.
    private static async Task<bool> IsAnsweredAsync(RespReader reader, Task reply, CancellationTokenSource aborting, CancellationToken leaving)
    {
        var answered = false;
        try
        {
            return answered = await reader.WatchAsync(reply, leaving);
        }
        finally
        {
            if (!answered && !leaving.IsCancellationRequested)
            {
                await aborting.CancelAsync();
            }
        }
    }

    private async Task WriteAsync(ChannelReader<Answer> answers, PipeWriter output, CancellationTokenSource aborting)
    {
        try
        {
            await foreach (var answer in answers.ReadAllAsync(aborting.Token))
            {
                (await ReplyAsync(answer.Reply)).Write(new(output, answer.Protocol));
                if (output.UnflushedBytes > MaxUnflushed || !answers.TryPeek(out var next) || !next.Reply.IsCompleted)
                {
                    await output.FlushAsync(aborting.Token);
                }
            }
        }
        catch (Exception exception)
        {
            // The client left or reads no more, or this process stops, or an answer cannot be written: whoever reads its commands ends as well.
            await aborting.CancelAsync();
            if (exception is not (IOException or OperationCanceledException))
            {
                throw;
            }
        }
    }

    private async Task<RespReply> ReplyAsync(Task<RespReply> reply)
    {
        try
        {
            return await reply;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            CommandFailed(logger, exception);
            return RespReply.Error("ERR not done: the database could not be used");
        }
    }

    // A page of any site can make a browser send a request here, whose body would be lines of commands: Redis ends such a connection too.
    private static bool IsOfBrowser(byte[][] arguments) => Encoding.UTF8.GetString(arguments[0]).ToUpperInvariant() is "POST" or "HOST:";

    [LoggerMessage(LogLevel.Error, "A command of the stream intake failed.")]
    private static partial void CommandFailed(ILogger logger, Exception exception);

    private readonly record struct Answer(Task<RespReply> Reply, int Protocol);
}
