using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Agents.Durable.Gateway.Rpc;
using Agents.Durable.Gateway.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Streaming;

/// <summary>What the hub lets a person do about a task: the same calls as over JSON-RPC, addressed by the task alone.</summary>
internal sealed class TaskCommands(DataContext data, TaskDirectory tasks, AgentKeys keys, SendEvent events, StopTask stops)
{
    /// <exception cref="GatewayException">The task is unknown or takes no events; or the content is none.</exception>
    /// <exception cref="AcpException">The agent refused the event; it is stored all the same.</exception>
    public async Task<AgentEvent> SendAsync(Caller caller, string taskId, JsonElement content, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var problems = new Problems();
        var parsed = ContentReader.Required(Fields.Of(Wrap(content), "", problems)!.Value, "content");
        if (problems.List.Count > 0)
        {
            throw GatewayException.BadRequest("The content is not a message content.");
        }

        var (context, task) = await ContextAsync(new RpcCall { Method = RpcMethod.EventSend, TaskId = taskId, Content = parsed }, caller, idempotencyKey, cancellationToken);
        return await events.RunAsync(context, task, cancellationToken);
    }

    /// <param name="method">task/cancel or task/interrupt.</param>
    /// <exception cref="GatewayException">The task is unknown.</exception>
    /// <exception cref="AcpException">The agent was not reached or refused; the task stays as it is.</exception>
    public async Task<AgentTask> StopAsync(Caller caller, string taskId, RpcMethod method, CancellationToken cancellationToken)
    {
        var (context, task) = await ContextAsync(new RpcCall { Method = method, TaskId = taskId }, caller, idempotencyKey: null, cancellationToken);
        return await stops.RunAsync(context, task, cancellationToken);
    }

    private async Task<(RpcContext Context, TaskKeyword Task)> ContextAsync(RpcCall call, Caller caller, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var keyword = TaskKeyword.ById(call.TaskId!);
        var task = await tasks.GetAsync(keyword, cancellationToken);
        var agent = await data.Agents.AsNoTracking().SingleAsync(row => row.Id == task.AgentId, cancellationToken);
        RpcContext.Check(agent, AgentKeyword.ById(agent.Id), call.Method);
        var target = agent.Kind == AgentKind.Acp ? new AcpTarget(agent.AcpUrl!, await keys.KeyOfAsync(agent, cancellationToken), ForwardedHeaders.None) : null;
        return (new RpcContext(call, agent, caller, target, idempotencyKey), keyword);
    }

    private static JsonElement Wrap(JsonElement content) => Wire.Element($$"""{"content":{{content.GetRawText()}}}""");
}
