using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Streaming;

namespace Agents.Durable.Data.Stream;

/// <summary>One thing that happened in a task, on its way into the stream.</summary>
/// <param name="Update">The update as JSON in UTF-8, exactly as viewers get it.</param>
public sealed record StreamItem(ReadOnlyMemory<byte> Update)
{
    /// <summary>The model or tool call this belongs to; <see langword="null"/> for what belongs to the task as a whole.</summary>
    public string? CallId { get; init; }

    /// <summary>The attempt of that call, from 1. A higher attempt supersedes all frames of lower ones of the same call.</summary>
    public int? Attempt { get; init; }

    /// <summary>What the item means beyond its content; <see cref="StreamFlags.None"/> by default: shown to everyone, the task goes on.</summary>
    public StreamFlags Flags { get; init; }

    /// <summary>One step of a message that is being written.</summary>
    public static StreamItem Of(TaskMessageUpdate update) => new(Wire.ToUtf8(update)) { Flags = update is MessageDone ? StreamFlags.Completes : StreamFlags.None };

    /// <summary>The task's row as it is now: a final status ends the stream, an open one opens it again.</summary>
    public static StreamItem Of(AgentTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return new(Wire.ToUtf8<TaskStreamFrame>(new TaskUpdated(task))) { Flags = task.Status.IsOpen() ? StreamFlags.Reopens : StreamFlags.Ends };
    }
}

/// <summary>Stored with each row; the values are part of the schema.</summary>
[Flags]
public enum StreamFlags : short
{
    None = 0,

    /// <summary>Shown by the hub, left out of the projection that SSE and the Redis-compatible reading carry.</summary>
    HubOnly = 1,

    /// <summary>The frame after which viewers are done: the task reached a terminal status.</summary>
    Ends = 2,

    /// <summary>The task runs again after it had ended, so an earlier ending frame no longer ends a replay.</summary>
    Reopens = 4,

    /// <summary>A message is complete: the deltas before this frame may be folded.</summary>
    Completes = 8,
}
