using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts;

/// <summary>What a key is good for: the agent itself, callers of its forwarded routes, or signatures of webhooks.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AgentKeyType>))]
public enum AgentKeyType
{
    [JsonStringEnumMemberName("internal")] Internal,
    [JsonStringEnumMemberName("external")] External,
    [JsonStringEnumMemberName("github")] Github,
    [JsonStringEnumMemberName("slack")] Slack,
}

/// <summary>A key of an agent, without its value.</summary>
public record AgentApiKey
{
    public required string Id { get; init; }
    public required string AgentId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public string? Name { get; init; }
    public required AgentKeyType ApiKeyType { get; init; }
}

/// <summary>The answer to a creation, which alone has the value.</summary>
public sealed record CreatedAgentApiKey : AgentApiKey
{
    public required string ApiKey { get; init; }
}

/// <summary>A webhook that was set up in one call: what to enter at the other side.</summary>
public sealed record WebhookTrigger
{
    public required string KeyId { get; init; }
    public required string AgentName { get; init; }
    public required AgentKeyType Source { get; init; }
    public required string Name { get; init; }
    public required string Secret { get; init; }
    public required string WebhookPath { get; init; }
    public string? WebhookUrl { get; init; }
}
