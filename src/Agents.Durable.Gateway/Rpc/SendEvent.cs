using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Events;
using Agents.Durable.Gateway.Mailbox;
using Agents.Durable.Gateway.Sessions;
using Agents.Durable.Gateway.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>event/send: the event is stored, then delivered. What is answered is stored, whether or not the agent was reached.</summary>
internal sealed class SendEvent(DataContext data, TaskDirectory tasks, Courier courier, SessionMail sessions)
{
    /// <exception cref="AcpException">The agent refused it; it is stored all the same.</exception>
    /// <exception cref="GatewayException">The task is unknown, of an agent that does not share its tasks, or finished.</exception>
    public async Task<AgentEvent> RunAsync(RpcContext context, TaskKeyword keyword, CancellationToken cancellationToken)
    {
        if (context.Call is { TaskId: "" } or { TaskName: "" })
        {
            throw GatewayException.BadRequest("Either task_id or task_name must be provided");
        }

        if (context.Target is { } target)
        {
            // Whether the task is there and open is for the statement to say that stores the event.
            var mail = MailOf(context, keyword.Id ?? (await tasks.GetAsync(keyword, cancellationToken)).Id);
            var early = context.Caller.AgentId == context.Agent.Id;
            return await AnswerAsync(await courier.SendAsync(mail, new Addressee(context.Agent, target), early, cancellationToken), keyword, cancellationToken);
        }

        var task = await tasks.GetAsync(keyword, cancellationToken);
        if (task.AgentId != context.Agent.Id)
        {
            throw GatewayException.BadRequest($"Task {task.Id} is not a task of agent {context.Agent.Id}");
        }

        return await AnswerAsync(await sessions.SendAsync(MailOf(context, task.Id), context.Agent, cancellationToken), keyword, cancellationToken);
    }

    private static NewMail MailOf(RpcContext context, string taskId) =>
        new(context.Caller.Owner.Value, taskId, context.Agent.Id, MailboxKind.Event, context.Call.Content, context.IdempotencyKey, context.DeploymentId);

    private async Task<AgentEvent> AnswerAsync(PutMail? stored, TaskKeyword keyword, CancellationToken cancellationToken)
    {
        if (stored is null)
        {
            var task = await tasks.GetAsync(keyword, cancellationToken);
            throw GatewayException.BadRequest($"Task {task.Id} takes no more events (current status: {TaskTransition.NameOf(task.Status)}).");
        }

        return stored.Event ?? (await data.Events.AsNoTracking().SingleAsync(row => row.Id == stored.EventId, cancellationToken)).ToWire();
    }
}
