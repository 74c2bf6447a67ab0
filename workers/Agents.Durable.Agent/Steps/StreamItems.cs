using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data.Stream;

namespace Agents.Durable.Agent.Steps;

/// <summary>What viewers are told, as items of the stream.</summary>
internal static class StreamItems
{
    public static StreamItem Start(TaskMessage message, string callId, int attempt) =>
        Item(new MessageStart { Content = message.Content, ParentTaskMessage = message }, callId, attempt);

    public static StreamItem Delta(TaskMessage message, MessageDelta delta, string callId, int attempt) =>
        Item(new MessageDeltaUpdate { Delta = delta, ParentTaskMessage = message }, callId, attempt);

    public static StreamItem Done(TaskMessage message, string callId, int attempt) =>
        Item(new MessageDone { ParentTaskMessage = message }, callId, attempt);

    public static StreamItem Full(TaskMessage message, string callId, int attempt) =>
        Item(new MessageFull { Content = message.Content, ParentTaskMessage = message }, callId, attempt);

    public static StreamItem Task(AgentTask task) => new(Wire.ToUtf8<TaskStreamFrame>(new TaskUpdated(task)))
    {
        Flags = task.Status.IsOpen() ? StreamFlags.None : StreamFlags.Ends,
    };

    private static StreamItem Item(TaskMessageUpdate update, string callId, int attempt) => new(Wire.ToUtf8(update)) { CallId = callId, Attempt = attempt };
}
