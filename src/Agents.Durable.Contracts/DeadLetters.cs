using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts;

/// <summary>Why an event did not reach its agent: it was tried in vain until it was given up, or the agent refused it when its sender had been answered already.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeadLetterState>))]
public enum DeadLetterState
{
    [JsonStringEnumMemberName("dead")]
    Dead,
    [JsonStringEnumMemberName("refused")]
    Refused,
}

/// <summary>An event that was accepted and is not delivered any more.</summary>
public sealed record DeadLetter
{
    public required AgentEvent Event { get; init; }
    public required DeadLetterState State { get; init; }

    /// <summary>How often it was sent.</summary>
    public required int Attempts { get; init; }

    /// <summary>What kept it from being delivered at last.</summary>
    public string? LastError { get; init; }
    public required DateTimeOffset? SettledAt { get; init; }
}
