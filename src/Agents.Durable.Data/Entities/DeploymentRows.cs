using System.Text.Json;
using Agents.Durable.Contracts;

namespace Agents.Durable.Data.Entities;

/// <summary>A version of a remote agent. Deleted means expired: the row stays, lists leave it out.</summary>
public sealed class DeploymentRow : IOwned
{
    public required string Id { get; init; }
    public string Owner { get; set; } = null!;
    public required string AgentId { get; init; }
    public required string DockerImage { get; init; }
    public JsonElement? RegistrationMetadata { get; init; }
    public DeploymentStatus Status { get; set; }
    public string? AcpUrl { get; set; }

    /// <summary>One of an agent's at most.</summary>
    public bool IsProduction { get; set; }
    public string? SgpDeployId { get; init; }
    public string? HelmReleaseName { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? PromotedAt { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public long Ordinal { get; private set; }
}

/// <summary>That an agent registered with a commit it had not registered with before.</summary>
public sealed class DeploymentHistoryRow : IOwned
{
    public required string Id { get; init; }
    public string Owner { get; set; } = null!;
    public required string AgentId { get; init; }
    public required string AuthorName { get; init; }
    public required string AuthorEmail { get; init; }
    public required string BranchName { get; init; }
    public DateTimeOffset BuildTimestamp { get; init; }
    public DateTimeOffset DeploymentTimestamp { get; init; }
    public required string CommitHash { get; init; }
    public long Ordinal { get; private set; }
}
