using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Checkpoints;
using Agents.Durable.Gateway.Deployments;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Events;
using Agents.Durable.Gateway.Forwarding;
using Agents.Durable.Gateway.Keys;
using Agents.Durable.Gateway.Messages;
using Agents.Durable.Gateway.Records;
using Agents.Durable.Gateway.Rpc;
using Agents.Durable.Gateway.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

public static class GatewayEndpoints
{
    /// <summary>The layers around the gateway's routes: who may call from where, errors, authentication. Before <see cref="MapGateway"/>.</summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app) => app
        .UseMiddleware<BrowserGuard>()
        .UseMiddleware<ErrorLayer>()
        .UseMiddleware<AuthenticationLayer>();

    /// <summary>All routes of the gateway.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", (HttpContext context) => context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["status"] = "ok" }, context.RequestAborted));
        var group = routes.MapGroup("").RequireCaller();
        AgentEndpoints.Map(group);
        TaskEndpoints.Map(group);
        MessageEndpoints.Map(group);
        EventEndpoints.Map(group);
        StateEndpoints.Map(group);
        SpanEndpoints.Map(group);
        TrackerEndpoints.Map(group);
        CheckpointEndpoints.Map(group);
        AgentKeyEndpoints.Map(group);
        DeploymentEndpoints.Map(group);
        // Whoever forwards shows a key of the agent, which is checked there.
        ForwardEndpoints.Map(routes);
        RpcEndpoints.Map(group);
        return routes;
    }
}
