using System.Text.Json;
using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Data.Entities;

public sealed class EventRow : IOwned
{
    public required string Id { get; init; }
    public string Owner { get; set; } = null!;
    public long SequenceId { get; private set; }
    public required string TaskId { get; init; }
    public required string AgentId { get; init; }
    public MessageContent? Content { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

public enum MailboxKind { Create, Event, Cancel, Interrupt }

/// <summary>Pending until the receiver has it or refused it, or a day went by in vain (dead).</summary>
public enum MailboxState { Pending, Delivered, Refused, Dead }

/// <summary>One input of a task at its place in the task's mailbox.</summary>
public sealed class MailboxRow : IOwned
{
    public required string TaskId { get; init; }
    public required long Position { get; init; }
    public string Owner { get; set; } = null!;
    public MailboxKind Kind { get; init; }
    public required string AgentId { get; init; }
    public string? EventId { get; init; }
    public JsonElement? Payload { get; init; }
    public string? DeploymentId { get; init; }

    /// <summary>Of the caller, unique in its task: the same key gives the same event.</summary>
    public string? IdempotencyKey { get; init; }
    public MailboxState State { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset DueAt { get; set; }
    public DateTimeOffset? LeasedUntil { get; set; }
    public string? LastError { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SettledAt { get; set; }
}
