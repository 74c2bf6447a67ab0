using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<DeploymentStatus>))]
public enum DeploymentStatus { Pending, Ready, Failed }

/// <summary>A version of a remote agent.</summary>
public sealed record Deployment
{
    public required string Id { get; init; }
    public required string AgentId { get; init; }
    public required string DockerImage { get; init; }
    public JsonElement? RegistrationMetadata { get; init; }
    public required DeploymentStatus Status { get; init; }
    public string? AcpUrl { get; init; }
    public required bool IsProduction { get; init; }
    public string? SgpDeployId { get; init; }
    public string? HelmReleaseName { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? PromotedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A commit of an agent that came into service.</summary>
public sealed record DeploymentRecord
{
    public required string Id { get; init; }
    public required string AgentId { get; init; }
    public required string AuthorName { get; init; }
    public required string AuthorEmail { get; init; }
    public required string BranchName { get; init; }
    public required DateTimeOffset BuildTimestamp { get; init; }
    public required DateTimeOffset DeploymentTimestamp { get; init; }
    public required string CommitHash { get; init; }
}
