using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Data.Stream;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Streaming;

/// <summary>
/// A task's stream as server-sent events: the projection of the frames that are meant for every client, with their numbers as event ids.
/// </summary>
/// <param name="task">The task to watch; null when there is none with the id that was asked for.</param>
internal sealed partial class EventStreamResult(string taskId, TaskRow? task) : IResult
{
    private static readonly TimeSpan s_pingInterval = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        if (task is null)
        {
            // Recorded: an unknown id is no 404 here, but a stream of one error.
            await WriteAsync(response.BodyWriter, new StreamError($"Item with id '{taskId}' does not exist."), httpContext.RequestAborted);
            return;
        }

        var lifetime = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        // A viewer would hold back the shutdown; it comes back with its Last-Event-ID.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await SendAsync(httpContext, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The viewer left, this process stops, or the task is over.
        }
        catch (StreamLaggedException)
        {
            // The connection ends; clients of SSE reconnect with the last id they saw.
        }
    }

    private async Task SendAsync(HttpContext httpContext, CancellationToken cancellationToken)
    {
        var services = httpContext.RequestServices;
        var stream = services.GetRequiredService<TaskStream>();
        var output = httpContext.Response.BodyWriter;

        // The place in the stream is fixed before the first frame: what is written after a viewer saw "connected" reaches it.
        var head = await stream.HeadAsync(taskId, cancellationToken);
        var cursor = Cursor(httpContext.Request) ?? (task!.Status.IsOpen() ? head.Seq : 0);
        await WriteAsync(output, new StreamConnected(taskId), cancellationToken);
        if (!task!.Status.IsOpen())
        {
            await ReplayAsync(stream, cursor, head, output, cancellationToken);
            return;
        }

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var turn = new SemaphoreSlim(1);
        var pings = PingAsync(services, output, turn, leaving);
        try
        {
            await foreach (var frames in stream.ReadAsync(taskId, cursor, leaving.Token))
            {
                await turn.WaitAsync(leaving.Token);
                try
                {
                    WriteFrames(output, frames, cursor);
                    await output.FlushAsync(leaving.Token);
                }
                finally
                {
                    turn.Release();
                }
            }
        }
        finally
        {
            await leaving.CancelAsync();
            await pings.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Keeps a quiet connection alive, and ends one whose task is final although nothing told: its writer died before the ending frame.</summary>
    private async Task PingAsync(IServiceProvider services, PipeWriter output, SemaphoreSlim turn, CancellationTokenSource leaving)
    {
        using var ping = new PeriodicTimer(s_pingInterval, services.GetRequiredService<TimeProvider>());
        var closed = false;
        while (await ping.WaitForNextTickAsync(leaving.Token))
        {
            // Twice, because the ending frame may be on its way: it is written after the row.
            var wasClosed = closed;
            try
            {
                closed = !await IsOpenAsync(services, leaving.Token);
            }
            catch (Exception exception) when (!leaving.IsCancellationRequested)
            {
                // The database is away, say. The connection is kept alive meanwhile, and the task asked for again.
                closed = false;
                LogNotAsked(services.GetRequiredService<ILogger<EventStreamResult>>(), exception, taskId);
            }

            if (closed && wasClosed)
            {
                await leaving.CancelAsync();
                return;
            }

            await turn.WaitAsync(leaving.Token);
            try
            {
                output.Write(":ping\n\n"u8);
                await output.FlushAsync(leaving.Token);
            }
            finally
            {
                turn.Release();
            }
        }
    }

    /// <summary>A finished task: all there is up to its end, then the end of the stream, even if its ending frame is missing.</summary>
    private async Task ReplayAsync(TaskStream stream, long cursor, StreamHead head, PipeWriter output, CancellationToken cancellationToken)
    {
        const int Page = 512;
        var end = head.Ended ? head.EndedSeq : head.Seq;
        while (cursor < end)
        {
            var page = await stream.PageAsync(taskId, cursor, Page, cancellationToken);
            if (page.Count == 0)
            {
                return;
            }

            WriteFrames(output, page.TakeWhile(f => f.Seq <= end), cursor);
            await output.FlushAsync(cancellationToken);
            cursor = page[^1].Seq;
        }
    }

    private async Task<bool> IsOpenAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var status = await services.GetRequiredService<DataContext>().Tasks.Where(t => t.Id == taskId)
            .Select(t => (AgentTaskStatus?)t.Status).FirstOrDefaultAsync(cancellationToken);
        return status?.IsOpen() ?? false;
    }

    private static long? Cursor(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : null;

    private static void WriteFrames(PipeWriter output, IEnumerable<StreamFrame> frames, long cursor)
    {
        foreach (var frame in frames)
        {
            // Folded deltas of which the client had seen a part cannot be told apart here; the text comes complete with the message's end.
            var seenInPart = frame.From <= cursor;
            if (!seenInPart && !frame.Flags.HasFlag(StreamFlags.HubOnly))
            {
                output.Write(frame.ServerSentEvent.Span);
            }
        }
    }

    private static async Task WriteAsync(PipeWriter output, TaskStreamFrame frame, CancellationToken cancellationToken)
    {
        output.Write("data: "u8);
        Wire.Write(output, frame);
        output.Write("\n\n"u8);
        await output.FlushAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Whether task {TaskId} is open could not be asked for a viewer of its stream; it is asked again.")]
    private static partial void LogNotAsked(ILogger logger, Exception exception, string taskId);
}
