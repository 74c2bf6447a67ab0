using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Deployments;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Messages;
using Agents.Durable.Gateway.Requests;
using Agents.Durable.Gateway.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>
/// JSON-RPC for clients. What does not have the form of a request is a 422; an agent or task that is named, but unknown, a 404; everything after that is an
/// error in an answer of status 200. A caller that leaves does not stop what was begun.
/// </summary>
internal static class RpcEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/agents/{agent_id}/rpc", (HttpContext context, string agent_id) => HandleAsync(context, AgentKeyword.ById(agent_id)));
        routes.MapPost("/agents/name/{agent_name}/rpc", (HttpContext context, string agent_name) => HandleAsync(context, AgentKeyword.ByName(agent_name)));
    }

    private static async Task HandleAsync(HttpContext context, AgentKeyword keyword)
    {
        var services = context.RequestServices;
        var call = await UnknownFirst.RunAsync(
            async () => RpcCall.Read(await RequestBody.ReadObjectAsync(context)),
            () => keyword.Name is null ? Task.CompletedTask : services.GetRequiredService<AgentDirectory>().LookUpAsync(keyword, CancellationToken.None));
        if (call is { Method: RpcMethod.MessageSend, TaskId: { Length: > 0 } taskId, TaskParams: null }
            && await services.GetRequiredService<TurnInsert>().TryAsync(keyword, taskId, call.Content!, call.SaidStatus, CancellationToken.None) is { } turn)
        {
            await DispatchAsync(context, call, turn.Agent, keyword, null, turn.Task);
            return;
        }

        AgentRow agent;
        try
        {
            agent = await services.GetRequiredService<AgentDirectory>().LookUpAsync(keyword, CancellationToken.None);
        }
        catch (GatewayException e) when (keyword.Id is not null)
        {
            await RefuseAsync(context, call, RpcError.Internal, e.Message);
            return;
        }

        await DispatchAsync(context, call, agent, keyword, null);
    }

    /// <summary>Calls a version of an agent that is not in production.</summary>
    public static async Task PreviewAsync(HttpContext context, string agentId, string deploymentId)
    {
        var call = RpcCall.Read(await RequestBody.ReadObjectAsync(context));
        var services = context.RequestServices;
        var deployment = await services.GetRequiredService<DeploymentStore>().GetAsync(agentId, deploymentId, CancellationToken.None);
        if (deployment.AcpUrl is null)
        {
            throw GatewayException.BadRequest($"Deployment {deploymentId} does not have an ACP URL configured");
        }

        var keyword = AgentKeyword.ById(agentId);
        await DispatchAsync(context, call, await services.GetRequiredService<AgentDirectory>().LookUpAsync(keyword, CancellationToken.None), keyword, deployment);
    }

    private static async Task DispatchAsync(HttpContext context, RpcCall call, AgentRow agent, AgentKeyword keyword, DeploymentRow? deployment, TaskRow? said = null)
    {
        var services = context.RequestServices;
        var url = deployment?.AcpUrl ?? agent.AcpUrl;
        var task = new TaskKeyword(call.TaskId, call.TaskName);
        if (call is { TaskName: { } name, Method: not (RpcMethod.MessageSend or RpcMethod.TaskCreate) })
        {
            task = TaskKeyword.ById((await services.GetRequiredService<TaskDirectory>().FindAsync(TaskKeyword.ByName(name), CancellationToken.None)).Id);
        }

        try
        {
            RpcContext.Check(agent, keyword, call.Method, url);
            await RunAsync(context, await ContextOfAsync(context, call, agent, url, deployment?.Id) with { Said = said }, task);
        }
        catch (AcpException e) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, call, e.Code, e.Message);
        }
        catch (GatewayException e) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, call, RpcError.Internal, e.Message);
        }
    }

    private static async Task RunAsync(HttpContext context, RpcContext rpc, TaskKeyword task)
    {
        var services = context.RequestServices;
        switch (rpc.Call.Method)
        {
            case RpcMethod.TaskCreate:
                await WriteAsync(context, rpc.Call, await services.GetRequiredService<CreateTask>().RunAsync(rpc, CancellationToken.None));
                break;
            case RpcMethod.EventSend:
                await WriteAsync(context, rpc.Call, await services.GetRequiredService<SendEvent>().RunAsync(rpc, task, CancellationToken.None));
                break;
            case RpcMethod.MessageSend when rpc.Call.Stream:
                await StreamAsync(context, rpc, services.GetRequiredService<SendMessage>());
                break;
            case RpcMethod.MessageSend:
                await WriteAsync(context, rpc.Call, await services.GetRequiredService<SendMessage>().RunAsync(rpc, CancellationToken.None));
                break;
            default:
                await WriteAsync(context, rpc.Call, await services.GetRequiredService<StopTask>().RunAsync(rpc, task, CancellationToken.None));
                break;
        }
    }

    private static async Task StreamAsync(HttpContext context, RpcContext rpc, SendMessage messages)
    {
        var task = await messages.SayAsync(rpc, CancellationToken.None);
        var lines = new LineAnswer(context);
        try
        {
            await using var answer = messages.StreamAsync(rpc, task, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
            // The agent is asked before the headers are sent, which take time of their own.
            var more = answer.MoveNextAsync();
            await lines.StartAsync();
            while (await more)
            {
                await lines.WriteAsync(answer.Current.Select(update => new RpcResponse<TaskMessageUpdate> { Result = update, Id = rpc.Call.Id }));
                more = answer.MoveNextAsync();
            }
        }
        catch (Exception e) when (e is AcpException or GatewayException)
        {
            await lines.WriteAsync([new RpcResponse<TaskMessageUpdate> { Error = new RpcError(RpcError.Internal, e.Message), Id = rpc.Call.Id }]);
        }
    }

    private static async Task<RpcContext> ContextOfAsync(HttpContext context, RpcCall call, AgentRow agent, string? url, string? deploymentId)
    {
        var keys = context.RequestServices.GetRequiredService<AgentKeys>();
        var target = agent.Kind == AgentKind.Acp
            ? new AcpTarget(url!, await keys.KeyOfAsync(agent, CancellationToken.None), ForwardedHeaders.Of(context.Request))
            : null;
        var idempotencyKey = context.Request.Headers["idempotency-key"].ToString();
        return new RpcContext(call, agent, context.GetCaller(), target, idempotencyKey.Length > 0 ? idempotencyKey : null) { DeploymentId = deploymentId };
    }

    private static Task WriteAsync<T>(HttpContext context, RpcCall call, T result) => Answer.WriteAsync(context, new RpcResponse<T> { Result = result, Id = call.Id });

    // One line of a stream where a stream was asked for.
    private static async Task RefuseAsync(HttpContext context, RpcCall call, int code, string message)
    {
        if (call is { Method: RpcMethod.MessageSend, Stream: true })
        {
            var lines = new LineAnswer(context);
            await lines.StartAsync();
            await lines.WriteAsync([new RpcResponse<TaskMessageUpdate> { Error = new RpcError(RpcError.Internal, message), Id = call.Id }]);
            return;
        }

        await Answer.WriteAsync(context, new RpcResponse<AgentTask> { Error = new RpcError(code, message), Id = call.Id });
    }
}
