using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Tests;

/// <summary>A remote agent: notes what it is sent, and acknowledges it unless it is told otherwise.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Method, string? Text, string? Attempt)> _received = new();
    private WebApplication? _app;

    /// <summary>Where it listens, or listened.</summary>
    public string Url { get; private set; } = "http://127.0.0.1:9";

    public IReadOnlyList<(string Method, string? Text, string? Attempt)> Received => [.. _received];

    /// <summary>The texts of the events that reached it.</summary>
    public IReadOnlyList<string?> Texts => [.. _received.Where(call => call.Method == "event/send").Select(call => call.Text)];

    /// <summary>Awaited before each answer.</summary>
    public Func<string?, Task> BeforeAnswer { get; set; } = _ => Task.CompletedTask;

    /// <summary>HTTP status of the answers.</summary>
    public int Status { get; set; } = 200;

    /// <summary>What it answers to messages instead; <c>$id</c> is the call's id.</summary>
    public string? Answer { get; set; }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(Url.EndsWith(":9", StringComparison.Ordinal) ? "http://127.0.0.1:0" : Url);
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/api", AnswerAsync);
        _app.MapGet("/healthz", () => "ok");
        await _app.StartAsync();
        Url = GatewayServer.AddressOf(_app).ToString().TrimEnd('/');
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var parameters = body.RootElement.GetProperty("params");
        var text = parameters.TryGetProperty("event", out var sent) && sent.GetProperty("content") is { ValueKind: JsonValueKind.Object } content ? content.GetProperty("content").GetString() : null;
        var attempt = context.Request.Headers["x-delivery-attempt"].ToString();
        var method = body.RootElement.GetProperty("method").GetString()!;
        _received.Enqueue((method, text, attempt.Length > 0 ? attempt : null));
        await BeforeAnswer(text);
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json";
        // A sync agent says one thing, all at once.
        var result = method == "message/send" ? """{"type":"full","index":0,"content":{"type":"text","author":"agent","content":"Yes."}}""" : """{"status":"processing"}""";
        if (method == "message/send" && Answer is { } answer)
        {
            await context.Response.WriteAsync(answer.Replace("$id", body.RootElement.GetProperty("id").GetString(), StringComparison.Ordinal));
            return;
        }

        await context.Response.WriteAsync($$$"""{"jsonrpc":"2.0","id":"{{{body.RootElement.GetProperty("id").GetString()}}}","result":{{{result}}}}""");
    }
}
