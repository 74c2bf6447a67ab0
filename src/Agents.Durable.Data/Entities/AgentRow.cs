using System.Text.Json;
using Agents.Durable.Contracts;

namespace Agents.Durable.Data.Entities;

/// <summary>Who runs an agent: a remote process, our own loop from a definition, or a workflow of the author's.</summary>
public enum AgentKind { Acp, React, Code }

public sealed class AgentRow : IOwned
{
    public required string Id { get; init; }
    public string Owner { get; set; } = null!;
    public AgentKind Kind { get; set; }
    public required string Name { get; set; }
    public required string Description { get; set; }
    public AgentStatus Status { get; set; }
    public string? StatusReason { get; set; }
    public AcpType AcpType { get; set; }
    public string? AcpUrl { get; set; }
    public string? DockerImage { get; set; }
    public JsonElement? RegistrationMetadata { get; set; }
    public DateTimeOffset? RegisteredAt { get; set; }
    public AgentInputType? AgentInputType { get; set; }
    public string? ProductionDeploymentId { get; set; }
    public JsonElement? Definition { get; set; }

    /// <summary>Which of the keys derived for this agent is valid.</summary>
    public int KeyVersion { get; set; } = 1;
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public long Ordinal { get; private set; }
}
