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
        var task = await tasks.GetAsync(keyword, cancellationToken);
        if (context.Agent.Kind != AgentKind.Acp && task.AgentId != context.Agent.Id)
        {
            throw GatewayException.BadRequest($"Task {task.Id} is not a task of agent {context.Agent.Id}");
        }

        var mail = new NewMail(context.Caller.Owner.Value, task.Id, context.Agent.Id, MailboxKind.Event, context.Call.Content, context.IdempotencyKey, context.DeploymentId);
        var stored = context.Target is { } target
            ? await courier.SendAsync(mail, target.Headers, answerEarly: context.Caller.AgentId == context.Agent.Id, cancellationToken)
            : await sessions.SendAsync(mail, context.Agent, cancellationToken);
        if (stored?.EventId is not { } eventId)
        {
            var current = await tasks.FindAsync(TaskKeyword.ById(task.Id), cancellationToken);
            throw GatewayException.BadRequest($"Task {task.Id} takes no more events (current status: {TaskTransition.NameOf(current.Status)}).");
        }

        return (await data.Events.AsNoTracking().SingleAsync(row => row.Id == eventId, cancellationToken)).ToWire();
    }
}
