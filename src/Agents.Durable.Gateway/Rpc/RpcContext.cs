using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Errors;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>A call together with the agent it is for and what is known of its caller.</summary>
/// <param name="Target">Where and how to reach the agent's process; null for agents of our own.</param>
/// <param name="IdempotencyKey">Of the caller's header.</param>
internal sealed record RpcContext(RpcCall Call, AgentRow Agent, Caller Caller, AcpTarget? Target, string? IdempotencyKey)
{
    /// <summary>The version of the agent that is called in place of the one in production.</summary>
    public string? DeploymentId { get; init; }

    /// <summary>The task in which the message of message/send is stored already.</summary>
    public TaskRow? Said { get; init; }

    /// <summary>Where the agent's process must be called.</summary>
    public AcpTarget RemoteTarget => Target ?? throw new InvalidOperationException("This agent has no process to call.");

    public AcpRequest Request(AgentTask task, Func<AcpAgent, AgentTask, AcpParams> parameters) => new()
    {
        Method = Call.Method,
        Params = parameters(Agent.ToAcp(), task),
        Id = RpcNames.CallId(Call.Method, task.Id),
    };

    /// <inheritdoc cref="Check(AgentRow, AgentKeyword, RpcMethod, string)"/>
    public static void Check(AgentRow agent, AgentKeyword keyword, RpcMethod method) => Check(agent, keyword, method, agent.AcpUrl);

    /// <summary>Whether this agent can be called at all, and by this method.</summary>
    /// <param name="url">Where its process is called.</param>
    /// <exception cref="GatewayException">It cannot.</exception>
    public static void Check(AgentRow agent, AgentKeyword keyword, RpcMethod method, string? url)
    {
        if (agent.Status == AgentStatus.Deleted)
        {
            throw GatewayException.BadRequest($"Agent {keyword.Id ?? "None"} is deleted");
        }

        if (agent.Kind == AgentKind.Acp && url is null)
        {
            throw GatewayException.BadRequest($"Agent {agent.Id} does not have an ACP URL configured");
        }

        var sync = agent.AcpType == AcpType.Sync;
        if (sync ? method is RpcMethod.EventSend or RpcMethod.TaskCancel : method == RpcMethod.MessageSend)
        {
            throw GatewayException.BadRequest($"Unsupported method: {RpcNames.Of(method)} for ACP type: {RpcNames.Of(agent.AcpType)}");
        }
    }
}
