using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Agent.Tests.Mcp;

/// <summary>
/// An MCP server over streamable HTTP whose calls go as a test says, one after the other: it has the tool <c>act</c>, and forgets its sessions when it is told to.
/// </summary>
internal sealed class HttpDouble : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, bool> _sessions = new();
    private readonly ConcurrentQueue<Func<HttpContext, JsonElement, Task>> _calls = new();
    private readonly ConcurrentQueue<string> _acts = new();
    private int _begun;
    private int _abandoned;

    private HttpDouble(WebApplication application) => _application = application;

    /// <summary>The idempotency keys of the calls that acted.</summary>
    public IReadOnlyCollection<string> Acts => _acts;

    /// <summary>Sessions that were begun.</summary>
    public int Sessions => _begun;

    /// <summary>Whether it leaves the end of a session unanswered, for as long as the other side waits.</summary>
    public bool Clings { get; set; }

    /// <summary>A method that it refuses.</summary>
    public string? Refused { get; set; }

    /// <summary>Sessions whose end the other side gave up to wait for.</summary>
    public int Abandoned => _abandoned;

    /// <summary>As a definition's tool.</summary>
    public string Entry => JsonSerializer.Serialize(new { mcp = new { name = "double", url = Url } });

    public string Url => $"{_application.Urls.First()}/mcp";

    public static async Task<HttpDouble> StartAsync(bool clings = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new HttpDouble(application) { Clings = clings };
        application.MapPost("/mcp", server.PostAsync);
        application.MapGet("/mcp", () => Results.StatusCode(StatusCodes.Status405MethodNotAllowed));
        application.MapDelete("/mcp", server.DeleteAsync);
        await application.StartAsync();
        return server;
    }

    /// <summary>The next call acts and is answered; so do those for which nothing was said.</summary>
    public HttpDouble ThenAnswer() => Then(AnswerAsync);

    /// <summary>The next call is refused with this status, before anything was done.</summary>
    public HttpDouble ThenRefuse(int status) => Then((context, _) =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync("no");
    });

    /// <summary>The next call acts, and its connection breaks before the answer has begun.</summary>
    public HttpDouble ThenActAndBreak() => Then((context, call) =>
    {
        Act(call);
        context.Abort();
        return Task.CompletedTask;
    });

    /// <summary>The next call acts, and its connection breaks after the answer has begun.</summary>
    public HttpDouble ThenActBeginAndBreak() => Then(async (context, call) =>
    {
        Act(call);
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(": soon\n\n");
        await context.Response.Body.FlushAsync();
        context.Abort();
    });

    /// <summary>The next call acts, and its answer waits for the task.</summary>
    public HttpDouble ThenActAndWait(TaskCompletionSource acted, Task release) => Then(async (context, call) =>
    {
        Act(call);
        acted.TrySetResult();
        await release.WaitAsync(context.RequestAborted);
        context.Abort();
    });

    /// <summary>What a restart does.</summary>
    public void Forget() => _sessions.Clear();

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private HttpDouble Then(Func<HttpContext, JsonElement, Task> call)
    {
        _calls.Enqueue(call);
        return this;
    }

    private async Task PostAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var message = body.RootElement;
        var method = message.GetProperty("method").GetString();
        if (method == "initialize")
        {
            var session = Interlocked.Increment(ref _begun).ToString(CultureInfo.InvariantCulture);
            _sessions[session] = true;
            context.Response.Headers["Mcp-Session-Id"] = session;
            var version = message.GetProperty("params").GetProperty("protocolVersion").GetString();
            await ReplyAsync(context, message, new { protocolVersion = version, capabilities = new { tools = new { } }, serverInfo = new { name = "double", version = "1" } });
        }
        else if (!_sessions.ContainsKey(context.Request.Headers["Mcp-Session-Id"].ToString()))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("""{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}""");
        }
        else if (method == "tools/call")
        {
            await (_calls.TryDequeue(out var call) ? call : AnswerAsync)(context, message);
        }
        else if (method == Refused)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        else if (method == "tools/list")
        {
            await ReplyAsync(context, message, new { tools = new[] { new { name = "act", inputSchema = new { type = "object" } } } });
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (Clings)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Increment(ref _abandoned);
        }
    }

    private Task AnswerAsync(HttpContext context, JsonElement call)
    {
        Act(call);
        return ReplyAsync(context, call, new { content = new[] { new { type = "text", text = "acted" } } });
    }

    private void Act(JsonElement call) => _acts.Enqueue(call.GetProperty("params").GetProperty("_meta").GetProperty("idempotencyKey").GetString()!);

    private static Task ReplyAsync(HttpContext context, JsonElement request, object result)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { jsonrpc = "2.0", id = request.GetProperty("id"), result }));
    }
}
