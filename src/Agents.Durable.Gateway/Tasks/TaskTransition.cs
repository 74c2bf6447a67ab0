using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Errors;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>The changes of status that a caller may ask for over REST: from where, to where, and the reason when none is given.</summary>
internal sealed record TaskTransition(AgentTaskStatus To, string UsualReason, AgentTaskStatus[] From)
{
    private static readonly AgentTaskStatus[] s_open = [AgentTaskStatus.Running, AgentTaskStatus.Interrupted];

    public static TaskTransition Complete { get; } = new(AgentTaskStatus.Completed, "Task completed", s_open);
    public static TaskTransition Fail { get; } = new(AgentTaskStatus.Failed, "Task failed", s_open);
    public static TaskTransition Cancel { get; } = new(AgentTaskStatus.Canceled, "Task canceled", s_open);
    public static TaskTransition Terminate { get; } = new(AgentTaskStatus.Terminated, "Task terminated", s_open);
    public static TaskTransition TimeOut { get; } = new(AgentTaskStatus.TimedOut, "Task timed_out", s_open);
    public static TaskTransition Interrupt { get; } = new(AgentTaskStatus.Interrupted, "Task interrupted", [AgentTaskStatus.Running]);

    /// <summary>The next message or creation wakes an interrupted task.</summary>
    public static TaskTransition Resume { get; } = new(AgentTaskStatus.Running, "Task resumed on next turn", [AgentTaskStatus.Interrupted]);

    /// <summary>An agent that had refused a task took it after all.</summary>
    public static TaskTransition Retry { get; } = new(AgentTaskStatus.Running, "Task forwarded to ACP server", [AgentTaskStatus.Failed]);

    /// <summary>Everything but deletion twice.</summary>
    public static TaskTransition Delete { get; } = new(AgentTaskStatus.Deleted, "Task deleted successfully",
        [.. Enum.GetValues<AgentTaskStatus>().Where(status => status != AgentTaskStatus.Deleted)]);

    /// <summary>A status as error texts show it.</summary>
    public static string NameOf(AgentTaskStatus status) => $"TaskStatus.{EnumNames.Of(status)}";

    public GatewayException Refusal(string taskId, AgentTaskStatus current)
    {
        var name = NameOf(current);
        return GatewayException.BadRequest(To == AgentTaskStatus.Interrupted
            ? $"Task {taskId} is not running (current status: {name}). Only running tasks can be interrupted."
            : $"Task {taskId} cannot be transitioned (current status: {name}). Only running or interrupted tasks can have their status updated.");
    }
}
