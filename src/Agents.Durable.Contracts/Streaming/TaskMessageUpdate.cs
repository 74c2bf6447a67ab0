using System.Text.Json.Serialization;
using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Contracts.Streaming;

/// <summary>One step of a message that is being written: start, deltas, then done; or full, all at once.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(MessageStart), "start")]
[JsonDerivedType(typeof(MessageDeltaUpdate), "delta")]
[JsonDerivedType(typeof(MessageFull), "full")]
[JsonDerivedType(typeof(MessageDone), "done")]
public abstract record TaskMessageUpdate
{
    private protected TaskMessageUpdate() { }

    /// <summary>Tells the messages of one answer apart.</summary>
    public int? Index { get; init; }

    /// <summary>The stored message as it was when the update was made.</summary>
    public TaskMessage? ParentTaskMessage { get; init; }
}

public sealed record MessageStart : TaskMessageUpdate
{
    public required MessageContent Content { get; init; }
}

public sealed record MessageDeltaUpdate : TaskMessageUpdate
{
    public MessageDelta? Delta { get; init; }
}

public sealed record MessageFull : TaskMessageUpdate
{
    public required MessageContent Content { get; init; }
}

public sealed record MessageDone : TaskMessageUpdate;
