using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Mailbox;
using Agents.Durable.Gateway.Sessions;
using Agents.Durable.Gateway.Tasks;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>task/create: gets or creates the task; an asynchronous agent is told and must accept.</summary>
internal sealed class CreateTask(TaskCreation creation, TaskDirectory tasks, TaskChanges changes, AcpClient agents, SessionMail mail, LostMail lost)
{
    public async Task<AgentTask> RunAsync(RpcContext context, CancellationToken cancellationToken)
    {
        var call = context.Call;
        var task = await creation.GetOrCreateAsync(context.Agent, new NewTask(call.TaskName, call.TaskParams, call.TaskMetadata), cancellationToken);
        if (context.Agent.Kind != AgentKind.Acp)
        {
            return await StartAsync(context, task, cancellationToken);
        }

        if (context.Agent.AcpType == AcpType.Sync)
        {
            return task.ToWire();
        }

        var request = context.Request(task.ToWire(), (agent, sent) => new CreateParams { Agent = agent, Task = sent, Params = call.TaskParams });
        try
        {
            await agents.CallAsync(context.RemoteTarget, request, cancellationToken);
        }
        catch (AcpException e)
        {
            await changes.TryFailAsync(task.Id, e.Message, cancellationToken);
            throw;
        }

        if (task.Status == AgentTaskStatus.Failed)
        {
            await lost.CloseAsync(task.Id, cancellationToken);
            await changes.TryMoveAsync(task.Id, TaskTransition.Retry, null, cancellationToken);
        }

        return (await tasks.FindAsync(TaskKeyword.ById(task.Id), cancellationToken)).ToWire();
    }

    private async Task<AgentTask> StartAsync(RpcContext context, TaskRow task, CancellationToken cancellationToken)
    {
        if (task.Status == AgentTaskStatus.Failed && await changes.TryMoveAsync(task.Id, TaskTransition.Retry, null, cancellationToken))
        {
            await mail.SendAsync(new NewMail(task.Owner, task.Id, context.Agent.Id, MailboxKind.Create, null, null), context.Agent, cancellationToken);
            return (await tasks.FindAsync(TaskKeyword.ById(task.Id), cancellationToken)).ToWire();
        }

        if (task.Status.IsOpen())
        {
            // The creation is in the mailbox since the task is there; a second wake-up harms nobody.
            await mail.WakeAsync(context.Agent, task.Id, TaskCreation.CreationPosition, cancellationToken);
        }

        return task.ToWire();
    }
}
