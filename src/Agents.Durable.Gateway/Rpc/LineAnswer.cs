using System.Buffers;
using Agents.Durable.Contracts;
using Microsoft.AspNetCore.Http;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>An answer in lines of JSON. When the caller leaves, the lines are dropped and the work goes on.</summary>
internal sealed class LineAnswer(HttpContext context)
{
    private static readonly byte[] s_end = "\n"u8.ToArray();

    /// <summary>Sends the headers, whenever the first line comes.</summary>
    public async Task StartAsync()
    {
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await WriteAsync(() => context.Response.Body.FlushAsync(context.RequestAborted));
    }

    /// <summary>Writes lines, and sends them off together.</summary>
    public Task WriteAsync<T>(IEnumerable<T> lines) => WriteAsync(async () =>
    {
        var writer = context.Response.BodyWriter;
        foreach (var line in lines)
        {
            Wire.Write(writer, line);
            writer.Write(s_end);
        }

        await writer.FlushAsync(context.RequestAborted);
    });

    private async Task WriteAsync(Func<Task> write)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await write();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The caller is gone.
        }
    }
}
