using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Agent.Tests.Models;

/// <summary>A server that speaks the streaming wire formats of OpenAI and Anthropic over real HTTP, one prepared answer after the other.</summary>
internal sealed class ModelDouble : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = new();

    private ModelDouble(WebApplication app) => _app = app;

    public ConcurrentQueue<JsonElement> Requests { get; } = new();

    public Uri BaseUrl => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/v1");

    public static async Task<ModelDouble> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var model = new ModelDouble(app);
        app.MapPost("/v1/chat/completions", model.AnswerAsync);
        app.MapPost("/v1/messages", model.AnswerAsync);
        await app.StartAsync();
        return model;
    }

    /// <summary>The next answer: chunks as the provider streams them, each the JSON of a <c>choices[0]</c> or a whole line.</summary>
    public ModelDouble Then(params string[] lines)
    {
        _answers.Enqueue(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            foreach (var line in lines)
            {
                await context.Response.WriteAsync(Event(context, line));
                await context.Response.Body.FlushAsync();
            }
        });
        return this;
    }

    public ModelDouble ThenStatus(int status, string? retryAfter = null, string body = """{"error":{"message":"slow down","type":"x","code":null}}""")
    {
        _answers.Enqueue(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            if (retryAfter is not null)
            {
                context.Response.Headers.RetryAfter = retryAfter;
            }

            await context.Response.WriteAsync(body);
        });
        return this;
    }

    /// <summary>Sends these lines, and ends the connection in the middle of the body that it announced; all that was sent arrives.</summary>
    public ModelDouble ThenBreak(params string[] lines)
    {
        _answers.Enqueue(async context =>
        {
            var body = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => Event(context, line))));
            context.Response.ContentType = "text/event-stream";
            context.Response.ContentLength = body.Length + 100;
            await context.Response.Body.WriteAsync(body);
        });
        return this;
    }

    /// <summary>Sends these lines, and then nothing for as long as the other side waits.</summary>
    public ModelDouble ThenSilence(params string[] lines)
    {
        _answers.Enqueue(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            foreach (var line in lines)
            {
                await context.Response.WriteAsync(Event(context, line));
            }

            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        return this;
    }

    public static string Delta(string delta, string finish = "null") =>
        $$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""";

    public static string Text(string text) => Delta($$"""{"content":{{JsonSerializer.Serialize(text)}}}""");

    public static string Stop(string reason = "stop") => Delta("{}", $"\"{reason}\"");

    public const string Usage = """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12}}""";

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Anthropic names its events, OpenAI does not.</summary>
    private static string Event(HttpContext context, string line) => context.Request.Path == "/v1/messages"
        ? $"event: {(line.StartsWith("{\"type\":\"", StringComparison.Ordinal) ? line.Split('"')[3] : "content_block_delta")}\ndata: {line}\n\n"
        : $"data: {line}\n\n";

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        Requests.Enqueue(body.RootElement.Clone());
        if (_answers.TryDequeue(out var answer))
        {
            await answer(context);
        }
        else
        {
            context.Response.StatusCode = 500;
        }
    }
}
