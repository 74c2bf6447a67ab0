using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Deployments;

/// <summary>Versions of remote agents: announced, filled by the registration of a process, tried by preview, promoted.</summary>
internal sealed class DeploymentStore(DataContext data, AgentDirectory agents, TimeProvider time)
{
    /// <exception cref="GatewayException">There is no such agent.</exception>
    public async Task<DeploymentRow> AddAsync(string agentId, Fields body, CancellationToken cancellationToken)
    {
        var image = body.Text("docker_image");
        var metadata = body.OptionalObject("registration_metadata");
        var (deployId, release) = (body.OptionalText("sgp_deploy_id"), body.OptionalText("helm_release_name"));
        body.Problems.ThrowIfAny();
        var agent = await agents.FindAsync(AgentKeyword.ById(agentId), cancellationToken);
        var row = new DeploymentRow
        {
            Id = Guid.CreateVersion7().ToString(),
            AgentId = agent.Id,
            DockerImage = image,
            RegistrationMetadata = metadata,
            Status = DeploymentStatus.Pending,
            SgpDeployId = deployId,
            HelmReleaseName = release,
            CreatedAt = time.GetUtcNow(),
        };
        data.Deployments.Add(row);
        await data.SaveChangesAsync(cancellationToken);
        return row;
    }

    /// <summary>A process says that it runs this deployment; one that was never announced is made.</summary>
    /// <exception cref="GatewayException">The deployment is another agent's.</exception>
    public async Task ReadyAsync(AgentRow agent, string id, string acpUrl, JsonElement metadata, CancellationToken cancellationToken)
    {
        var row = await data.Deployments.SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (row is null)
        {
            row = new DeploymentRow
            {
                Id = id,
                AgentId = agent.Id,
                DockerImage = metadata.TryGetProperty("docker_image", out var image) && image.ValueKind == JsonValueKind.String ? image.GetString()! : "",
                RegistrationMetadata = metadata,
                CreatedAt = time.GetUtcNow(),
            };
            data.Deployments.Add(row);
        }
        else if (row.AgentId != agent.Id)
        {
            throw NotFound(id, agent.Id);
        }

        row.Status = DeploymentStatus.Ready;
        row.AcpUrl = acpUrl;
        if (row.IsProduction)
        {
            agent.AcpUrl = acpUrl;
        }

        await data.SaveChangesAsync(cancellationToken);
    }

    /// <exception cref="GatewayException">There is none of this id, or it is another agent's.</exception>
    public async Task<DeploymentRow> GetAsync(string agentId, string id, CancellationToken cancellationToken)
    {
        var row = await data.Deployments.GetAsync(id, cancellationToken);
        return row.AgentId == agentId ? row : throw NotFound(id, agentId);
    }

    public async Task<IReadOnlyList<DeploymentRow>> ListAsync(string agentId, int limit, int page, ListOrder order, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await data.Deployments.AsNoTracking()
            .Where(row => row.AgentId == agentId && (row.ExpiresAt == null || row.ExpiresAt > now))
            .InOrder(data, order, nameof(DeploymentRow.CreatedAt), nameof(DeploymentRow.Ordinal))
            .Page(limit, page)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Puts a deployment into production in place of the one that is; the agent is called at its address from then on.</summary>
    /// <exception cref="GatewayException">There is none, or no process runs it.</exception>
    public async Task<DeploymentRow> PromoteAsync(string agentId, string id, CancellationToken cancellationToken)
    {
        var row = await data.Deployments.SingleOrDefaultAsync(row => row.Id == id && row.AgentId == agentId, cancellationToken) ?? throw NotFound(id, agentId);
        if (row is not { Status: DeploymentStatus.Ready, AcpUrl: not null })
        {
            throw GatewayException.BadRequest($"Deployment {id} is not ready (current status: {row.Status}). Only ready deployments can be promoted.");
        }

        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        // The agent's row first: two promotions of one agent come one after the other.
        await data.Database.ExecuteSqlAsync($"SELECT FROM agents WHERE id = {agentId} FOR UPDATE", cancellationToken);
        await DemoteAsync(agentId, id, cancellationToken);
        var agent = await agents.GetAsync(AgentKeyword.ById(agentId), cancellationToken);
        agent.AcpUrl = row.AcpUrl;
        agent.ProductionDeploymentId = row.Id;
        agent.UpdatedAt = time.GetUtcNow();
        row.IsProduction = true;
        row.PromotedAt = time.GetUtcNow();
        row.ExpiresAt = null;
        await data.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    /// <summary>Takes all deployments of an agent out of production, but for one.</summary>
    public Task DemoteAsync(string agentId, string? except, CancellationToken cancellationToken) =>
        data.Deployments.Where(row => row.AgentId == agentId && row.IsProduction && row.Id != except)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsProduction, false), cancellationToken);

    /// <exception cref="GatewayException">There is none, or it is in production.</exception>
    public async Task<Deleted> DeleteAsync(string agentId, string id, CancellationToken cancellationToken)
    {
        var row = await GetAsync(agentId, id, cancellationToken);
        if (row.IsProduction)
        {
            throw GatewayException.BadRequest("Cannot delete the current production deployment. Promote a different deployment first.");
        }

        row.ExpiresAt = time.GetUtcNow();
        await data.SaveChangesAsync(cancellationToken);
        return new Deleted(id, $"Deployment '{id}' deleted successfully");
    }

    private static GatewayException NotFound(string id, string agentId) => new(404, $"Deployment {id} not found for agent {agentId}");
}
