using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Contracts.Streaming;

namespace Samples.SyncAgent;

/// <summary>The agent: <c>message/send</c> is answered with a stream of updates, one JSON-RPC response a line. A line that is written is shown at once.</summary>
internal static class AcpEndpoint
{
    /// <summary>Between two words, so that there is something to watch.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(20);

    public static async Task AnswerAsync(HttpContext context, Enrolment enrolment, TimeProvider time)
    {
        using var call = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var id = call.RootElement.GetProperty("id");
        context.Response.ContentType = "application/x-ndjson";
        if (!enrolment.Knows(context.Request.Headers["x-agent-api-key"].ToString()))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (call.RootElement.GetProperty("method").GetString() != "message/send")
        {
            await WriteAsync(context, new { jsonrpc = "2.0", id, error = new RpcError(-32601, "This agent takes message/send only") });
            return;
        }

        var said = Wire.FromJson<MessageContent>(call.RootElement.GetProperty("params").GetProperty("content"));
        var words = said is TextContent text ? text.Content : "nothing that I can read";
        await foreach (var update in ShoutAsync(words, time).WithCancellation(context.RequestAborted))
        {
            var result = Wire.Element(Wire.ToJson(update));
            await WriteAsync(context, new { jsonrpc = "2.0", id, result });
        }
    }

    private static async IAsyncEnumerable<TaskMessageUpdate> ShoutAsync(string text, TimeProvider time)
    {
        yield return new MessageStart { Index = 0, Content = new TextContent { Author = MessageAuthor.Agent, Content = "" } };
        foreach (var word in text.ToUpperInvariant().Split(' '))
        {
            yield return new MessageDeltaUpdate { Index = 0, Delta = new TextDelta($"{word} ") };
            await Task.Delay(s_pace, time);
        }

        yield return new MessageDeltaUpdate { Index = 0, Delta = new TextDelta("!") };
        yield return new MessageDone { Index = 0 };
    }

    private static async Task WriteAsync(HttpContext context, object line)
    {
        await context.Response.WriteAsync(JsonSerializer.Serialize(line, JsonSerializerOptions.Web) + "\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
