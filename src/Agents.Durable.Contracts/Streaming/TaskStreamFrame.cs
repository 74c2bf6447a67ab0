using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts.Streaming;

/// <summary>What a task's stream carries besides the updates of messages.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(StreamConnected), "connected")]
[JsonDerivedType(typeof(TaskUpdated), "task_updated")]
[JsonDerivedType(typeof(StreamError), "error")]
public abstract record TaskStreamFrame
{
    private protected TaskStreamFrame() { }
}

/// <summary>The first frame of every connection.</summary>
public sealed record StreamConnected([property: JsonPropertyName("taskId")] string TaskId) : TaskStreamFrame;

/// <summary>The task's row changed; with a final status it is the last frame.</summary>
public sealed record TaskUpdated(AgentTask Task) : TaskStreamFrame;

public sealed record StreamError(string Message) : TaskStreamFrame;
