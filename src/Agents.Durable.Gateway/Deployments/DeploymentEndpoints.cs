using Agents.Durable.Contracts;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Requests;
using Agents.Durable.Gateway.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Agents.Durable.Gateway.Deployments;

/// <summary>The routes of deployments and of their history.</summary>
internal static class DeploymentEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/agents/{agent_id}/deployments", async (HttpContext context, string agent_id, DeploymentStore deployments) =>
            await Answer.WriteAsync(context, ToWire(await deployments.AddAsync(agent_id, await RequestBody.ReadObjectAsync(context), context.RequestAborted))));
        routes.MapGet("/agents/{agent_id}/deployments", ListAsync);
        routes.MapGet("/agents/{agent_id}/deployments/{deployment_id}", async (HttpContext context, string agent_id, string deployment_id, DeploymentStore deployments) =>
            await Answer.WriteAsync(context, ToWire(await deployments.GetAsync(agent_id, deployment_id, context.RequestAborted))));
        routes.MapDelete("/agents/{agent_id}/deployments/{deployment_id}", async (HttpContext context, string agent_id, string deployment_id, DeploymentStore deployments) =>
            await Answer.WriteAsync(context, await deployments.DeleteAsync(agent_id, deployment_id, context.RequestAborted)));
        routes.MapPost("/agents/{agent_id}/deployments/{deployment_id}/promote", async (HttpContext context, string agent_id, string deployment_id, DeploymentStore deployments) =>
            await Answer.WriteAsync(context, ToWire(await deployments.PromoteAsync(agent_id, deployment_id, context.RequestAborted))));
        routes.MapPost("/agents/{agent_id}/deployments/{deployment_id}/rpc", (HttpContext context, string agent_id, string deployment_id) =>
            RpcEndpoints.PreviewAsync(context, agent_id, deployment_id));
        routes.MapGet("/deployment-history", ListHistoryAsync);
        routes.MapGet("/deployment-history/{deployment_id}", async (HttpContext context, string deployment_id, DeploymentHistory history) =>
            await Answer.WriteAsync(context, await history.GetAsync(deployment_id, context.RequestAborted)));
    }

    private static async Task ListAsync(HttpContext context, string agent_id, DeploymentStore deployments)
    {
        var query = QueryValues.Of(context);
        var (limit, page) = query.Paging();
        query.ThrowIfAny();
        var rows = await deployments.ListAsync(agent_id, limit, page, query.Order(), context.RequestAborted);
        await Answer.WriteAsync(context, rows.Select(ToWire).ToArray());
    }

    private static async Task ListHistoryAsync(HttpContext context, DeploymentHistory history)
    {
        var query = QueryValues.Of(context);
        var (limit, page) = query.Paging();
        query.ThrowIfAny();
        var agent = AgentKeyword.OneOf(query.Text("agent_id"), query.Text("agent_name"), "list deployment history");
        await Answer.WriteAsync(context, await history.ListAsync(agent, limit, page, query.Order(), context.RequestAborted));
    }

    private static Deployment ToWire(DeploymentRow row) => new()
    {
        Id = row.Id,
        AgentId = row.AgentId,
        DockerImage = row.DockerImage,
        RegistrationMetadata = row.RegistrationMetadata,
        Status = row.Status,
        AcpUrl = row.AcpUrl,
        IsProduction = row.IsProduction,
        SgpDeployId = row.SgpDeployId,
        HelmReleaseName = row.HelmReleaseName,
        CreatedAt = row.CreatedAt,
        PromotedAt = row.PromotedAt,
        ExpiresAt = row.ExpiresAt,
    };
}
