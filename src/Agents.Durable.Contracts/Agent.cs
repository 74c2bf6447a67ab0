using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts;

/// <summary>How an agent is spoken to; <see cref="Agentic"/> is the old name of <see cref="Async"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AcpType>))]
public enum AcpType
{
    [JsonStringEnumMemberName("sync")] Sync,
    [JsonStringEnumMemberName("async")] Async,
    [JsonStringEnumMemberName("agentic")] Agentic,
}

[JsonConverter(typeof(JsonStringEnumConverter<AgentStatus>))]
public enum AgentStatus { Unknown, Ready, Failed, Deleted, Unhealthy, BuildOnly }

[JsonConverter(typeof(JsonStringEnumConverter<AgentInputType>))]
public enum AgentInputType
{
    [JsonStringEnumMemberName("text")] Text,
    [JsonStringEnumMemberName("json")] Json,
}

/// <summary>An agent as clients see it: without its address and key.</summary>
public record Agent
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }
    public required AgentStatus Status { get; init; }
    public required AcpType AcpType { get; init; }
    public string? StatusReason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public JsonElement? RegistrationMetadata { get; init; }
    public DateTimeOffset? RegisteredAt { get; init; }
    public AgentInputType? AgentInputType { get; init; }
    public string? ProductionDeploymentId { get; init; }

    /// <summary>Only on declarative agents: what they are told, their model, tools and limits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Definition { get; init; }
}

/// <summary>The answer to a registration: the agent and its key.</summary>
public sealed record RegisteredAgent : Agent
{
    public string? AgentApiKey { get; init; }
}

/// <summary>An agent as its own process gets it with every call.</summary>
public sealed record AcpAgent
{
    public required string Id { get; init; }
    public string? DockerImage { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }
    public required AcpType AcpType { get; init; }
    public required AgentStatus Status { get; init; }
    public string? StatusReason { get; init; }
    public string? AcpUrl { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public JsonElement? RegistrationMetadata { get; init; }
    public DateTimeOffset? RegisteredAt { get; init; }
    public AgentInputType? AgentInputType { get; init; }
    public string? ProductionDeploymentId { get; init; }
}
