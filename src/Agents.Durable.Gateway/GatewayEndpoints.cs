using Agents.Durable.Gateway.AccessKeys;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Checkpoints;
using Agents.Durable.Gateway.Deployments;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Events;
using Agents.Durable.Gateway.Forwarding;
using Agents.Durable.Gateway.Health;
using Agents.Durable.Gateway.Keys;
using Agents.Durable.Gateway.Mailbox;
using Agents.Durable.Gateway.Messages;
using Agents.Durable.Gateway.OpenApi;
using Agents.Durable.Gateway.Records;
using Agents.Durable.Gateway.Retention;
using Agents.Durable.Gateway.Rpc;
using Agents.Durable.Gateway.Schedules;
using Agents.Durable.Gateway.Tasks;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

public static class GatewayEndpoints
{
    /// <summary>The layers around the gateway's routes: who may call from where, errors, authentication. Before <see cref="MapGateway"/>.</summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app) => OpenApiEndpoints.UseAssets(app
        .UseMiddleware<BrowserGuard>()
        .UseMiddleware<ErrorLayer>()
        .UseMiddleware<AuthenticationLayer>());

    /// <summary>All routes of the gateway.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        HealthEndpoints.Map(routes);
        OpenApiEndpoints.Map(routes);
        var group = routes.MapGroup("").RequireCaller();
        AgentEndpoints.Map(group);
        TaskEndpoints.Map(group);
        MessageEndpoints.Map(group);
        EventEndpoints.Map(group);
        DeadLetterEndpoints.Map(group);
        StateEndpoints.Map(group);
        SpanEndpoints.Map(group);
        TrackerEndpoints.Map(group);
        CheckpointEndpoints.Map(group);
        RetentionEndpoints.Map(group);
        AgentKeyEndpoints.Map(group);
        AccessKeyEndpoints.Map(group);
        DeploymentEndpoints.Map(group);
        ScheduleEndpoints.Map(group);
        // Whoever forwards shows a key of the agent, which is checked there.
        ForwardEndpoints.Map(routes);
        ChatEndpoints.Map(routes);
        RpcEndpoints.Map(group);
        return routes;
    }
}
