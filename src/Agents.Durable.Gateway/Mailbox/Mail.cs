using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;

namespace Agents.Durable.Gateway.Mailbox;

/// <summary>Something to be put into a task's mailbox.</summary>
/// <param name="IdempotencyKey">Of the caller; the same key gives the same mail.</param>
/// <param name="DeploymentId">The version of the agent that gets it; null for the one in production at the time of the delivery.</param>
internal sealed record NewMail(string Owner, string TaskId, string AgentId, MailboxKind Kind, MessageContent? Content, string? IdempotencyKey, string? DeploymentId = null);

/// <summary>What became of it.</summary>
/// <param name="EventId">Of an event.</param>
/// <param name="Known">It was there already; nothing else is told of it.</param>
internal sealed record PutMail(long Position, string? EventId, bool Known)
{
    /// <summary>The event as it is stored.</summary>
    public AgentEvent? Event { get; init; }

    /// <summary>The task as it is stored.</summary>
    public TaskRow? Task { get; init; }

    /// <summary>Set when it is its turn, which was then taken with the same commit; otherwise it has to be claimed.</summary>
    public ClaimedMail? Claim { get; init; }
}

/// <summary>Mail that was claimed for delivery: nobody else delivers it until the lease ends.</summary>
/// <param name="Attempt">From 1.</param>
internal sealed record ClaimedMail(string TaskId, long Position, string Owner, string AgentId, string? EventId, string? DeploymentId, int Attempt, DateTimeOffset CreatedAt)
{
    /// <summary>When it went over a connection to its receiver.</summary>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>A remote agent as the caller of a method knows it.</summary>
internal sealed record Addressee(AgentRow Agent, AcpTarget Target);
