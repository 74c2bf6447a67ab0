using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data.Stream;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>What this process tells the viewers of a task. Always after the commit of what it tells of, never inside a transaction.</summary>
internal sealed class TaskNews(TaskStream stream)
{
    /// <summary>The row changed: a final status ends the stream.</summary>
    public async Task PublishAsync(AgentTask task, CancellationToken cancellationToken) => await stream.AppendAsync(task.Id, StreamItem.Of(task), cancellationToken);

    /// <summary>
    /// Updates of a synchronous agent's answer, for the hub alone: on the event stream Agentex shows what agents write there themselves, and its viewers
    /// of such an answer read it from the call.
    /// </summary>
    public async Task PublishAsync(string taskId, IEnumerable<TaskMessageUpdate> updates, CancellationToken cancellationToken) =>
        await stream.AppendAsync(taskId, [.. updates.Select(update => StreamItem.Of(update) with { Flags = StreamFlags.HubOnly })], cancellationToken);
}
