using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.Agents;

/// <summary>The routes of agents.</summary>
internal static class AgentEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/agents", ListAsync);
        routes.MapGet("/agents/{agent_id}", async (HttpContext context, string agent_id, AgentDirectory agents) =>
            await Answer.WriteAsync(context, (await agents.GetAsync(AgentKeyword.ById(agent_id), context.RequestAborted)).ToWire()));
        routes.MapGet("/agents/name/{agent_name}", async (HttpContext context, string agent_name, AgentDirectory agents) =>
            await Answer.WriteAsync(context, (await agents.GetAsync(AgentKeyword.ByName(agent_name), context.RequestAborted)).ToWire()));
        routes.MapDelete("/agents/{agent_id}", async (HttpContext context, string agent_id, AgentDirectory agents) =>
            await Answer.WriteAsync(context, await agents.DeleteAsync(AgentKeyword.ById(agent_id), context.RequestAborted)));
        routes.MapDelete("/agents/name/{agent_name}", async (HttpContext context, string agent_name, AgentDirectory agents) =>
            await Answer.WriteAsync(context, await agents.DeleteAsync(AgentKeyword.ByName(agent_name), context.RequestAborted)));
        routes.MapPost("/agents/register", async (HttpContext context, AgentRegistration registration) =>
            await Answer.WriteAsync(context, await registration.RegisterAsync(await RequestBody.ReadObjectAsync(context), context.GetCaller(), context.RequestAborted)))
            .WithMetadata(new Enrolment());
        routes.MapPost("/agents/register-build", async (HttpContext context, AgentRegistration registration) =>
            await Answer.WriteAsync(context, await registration.RegisterBuildAsync(await RequestBody.ReadObjectAsync(context), context.RequestAborted)));
        routes.MapPut("/agents/name/{agent_name}/definition", async (HttpContext context, string agent_name, AgentDefinitionStore definitions) =>
            await Answer.WriteAsync(context, await definitions.PutAsync(agent_name, await RequestBody.ReadObjectAsync(context), context.RequestAborted)));
        routes.MapGet("/agents/name/{agent_name}/definition", async (HttpContext context, string agent_name, AgentDefinitionStore definitions) =>
            await Answer.WriteAsync(context, await definitions.GetAsync(agent_name, context.RequestAborted)));
    }

    private static async Task ListAsync(HttpContext context, AgentDirectory agents)
    {
        var query = QueryValues.Of(context);
        var limit = query.Integer("limit", 50, 1);
        var page = query.Integer("page_number", 1, 1);
        query.ThrowIfAny();
        await Answer.WriteAsync(context, await agents.ListAsync(query.Text("task_id"), limit, page, query.Order(), context.RequestAborted));
    }
}
