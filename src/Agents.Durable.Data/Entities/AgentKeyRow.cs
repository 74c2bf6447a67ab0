using Agents.Durable.Contracts;

namespace Agents.Durable.Data.Entities;

/// <summary>A key by which an agent, or a webhook on its behalf, proves who it is.</summary>
public sealed class AgentKeyRow : IOwned
{
    public required string Id { get; init; }
    public string Owner { get; set; } = null!;
    public required string AgentId { get; init; }
    public string? Name { get; set; }
    public AgentKeyType ApiKeyType { get; init; }
    public required byte[] KeyHash { get; set; }

    /// <summary>The key itself, encrypted: only of webhooks, whose signatures need it.</summary>
    public byte[]? Secret { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public long Ordinal { get; private set; }
}

/// <summary>A person's or program's key to the API. Read before anybody is authenticated, hence no filter.</summary>
public sealed class AccessKeyRow
{
    public required string Id { get; init; }
    public required string Owner { get; init; }
    public required byte[] KeyHash { get; init; }
    public required string Name { get; init; }
    public required string[] Roles { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>A value that all processes on this database share.</summary>
public sealed class SettingRow
{
    public required string Name { get; init; }
    public required string Value { get; set; }
}
