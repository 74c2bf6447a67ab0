using Agents.Durable.Contracts;
using Agents.Durable.Data.Entities;

namespace Agents.Durable.Gateway.Agents;

/// <summary>Agents from rows to the wire.</summary>
internal static class AgentMapping
{
    public static Agent ToWire(this AgentRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Description = row.Description,
        Status = row.Status,
        AcpType = row.AcpType,
        StatusReason = row.StatusReason,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        RegistrationMetadata = row.RegistrationMetadata,
        RegisteredAt = row.RegisteredAt,
        AgentInputType = row.AgentInputType,
        ProductionDeploymentId = row.ProductionDeploymentId,
        Definition = row.Definition,
    };

    public static RegisteredAgent ToWire(this AgentRow row, string key) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Description = row.Description,
        Status = row.Status,
        AcpType = row.AcpType,
        StatusReason = row.StatusReason,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        RegistrationMetadata = row.RegistrationMetadata,
        RegisteredAt = row.RegisteredAt,
        AgentInputType = row.AgentInputType,
        ProductionDeploymentId = row.ProductionDeploymentId,
        AgentApiKey = key,
    };

    /// <summary>As the agent's own process gets it.</summary>
    public static AcpAgent ToAcp(this AgentRow row) => new()
    {
        Id = row.Id,
        DockerImage = row.DockerImage,
        Name = row.Name,
        Description = row.Description,
        AcpType = row.AcpType,
        Status = row.Status,
        StatusReason = row.StatusReason,
        AcpUrl = row.AcpUrl,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        RegistrationMetadata = row.RegistrationMetadata,
        RegisteredAt = row.RegisteredAt,
        AgentInputType = row.AgentInputType,
        ProductionDeploymentId = row.ProductionDeploymentId,
    };
}
