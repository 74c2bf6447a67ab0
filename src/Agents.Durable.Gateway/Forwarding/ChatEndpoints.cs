using System.Text.Json;
using Agents.Durable.Gateway.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.Forwarding;

/// <summary>
/// The addresses of Agentex's gateways to Slack and Linear. There is no bot here that could answer, and so no secret that a request could be signed with: they
/// answer what Agentex answers to requests without a valid signature. Slack reaches agents by forwarded webhooks (see <see cref="ForwardEndpoints"/>).
/// </summary>
internal static class ChatEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/slack/events", EventsAsync);
        routes.MapPost("/slack/commands", (HttpContext context) => WriteAsync(context, """{"response_type":"ephemeral","text":"Signature verification failed."}"""));
        routes.MapPost("/slack/interactions", (HttpContext context) => WriteAsync(context, "{}"));
        routes.MapPost("/linear/events", (HttpContext context) => WriteAsync(context, """{"ok":false}"""));
    }

    // Whether an address takes events is asked before there can be a secret.
    private static async Task EventsAsync(HttpContext context)
    {
        var challenge = ChallengeOf(await RequestBody.BytesAsync(context));
        await WriteAsync(context, challenge is null ? """{"ok":false}""" : $$"""{"challenge":{{challenge}}}""");
    }

    private static string? ChallengeOf(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("type", out var type) && type.ValueEquals("url_verification")
                ? root.TryGetProperty("challenge", out var challenge) ? challenge.GetRawText() : "null"
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task WriteAsync(HttpContext context, string json)
    {
        context.Response.ContentType = Answer.Json;
        await context.Response.WriteAsync(json, context.RequestAborted);
    }
}
