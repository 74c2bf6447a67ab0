using System.Net.Http;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.Forwarding;

/// <summary>Requests from outside that go to an agent's process as they are: webhooks above all.</summary>
internal static class ForwardEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/agents/forward/name/{agent_name}/{**path}", [HttpMethods.Get, HttpMethods.Post], ForwardAsync);
    }

    private static async Task ForwardAsync(HttpContext context, string agent_name, ForwardAccess access, Forwarder forwarder)
    {
        var body = await RequestBody.BytesAsync(context);
        switch (await access.DecideAsync(context.Request, agent_name, body, context.RequestAborted))
        {
            case ForwardDecision.Refusal refusal:
                await ErrorAnswers.WriteDetailAsync(context, refusal.Status, refusal.Detail);
                break;
            case ForwardDecision.Challenge challenge:
                context.Response.ContentType = "text/plain; charset=utf-8";
                await context.Response.WriteAsync(challenge.Text, context.RequestAborted);
                break;
            case ForwardDecision.Pass pass:
                await SendAsync(context, $"{pass.Agent.AcpUrl!.TrimEnd('/')}/{RawPath(context, agent_name)}{context.Request.QueryString}", body, forwarder);
                break;
        }
    }

    private static async Task SendAsync(HttpContext context, string url, byte[] body, Forwarder forwarder)
    {
        try
        {
            await forwarder.SendAsync(context, url, body);
        }
        catch (Exception e) when (e is HttpRequestException or IOException && !context.Response.HasStarted)
        {
            await ErrorAnswers.WriteDetailAsync(context, StatusCodes.Status502BadGateway, "The agent could not be reached.");
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            await ErrorAnswers.WriteDetailAsync(context, StatusCodes.Status504GatewayTimeout, "The agent did not answer in time.");
        }
    }

    // What comes after the agent's name, escaped as it came.
    private static string RawPath(HttpContext context, string agentName)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = raw.Split('?', 2)[0];
        var marker = $"/agents/forward/name/{agentName}/";
        var at = path.IndexOf(marker, StringComparison.Ordinal);
        return at < 0 ? "" : path[(at + marker.Length)..];
    }
}
