using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Mailbox;
using Agents.Durable.Gateway.Sessions;
using Agents.Durable.Gateway.Tasks;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>
/// task/cancel and task/interrupt. A remote agent is told first: its acknowledgement cancels the task, unless it ended meanwhile; an interrupt the agent
/// reports itself. Our own agents are asked, and the task ends with the real outcome of their workflow.
/// </summary>
internal sealed class StopTask(TaskDirectory tasks, TaskChanges changes, AcpClient agents, SessionMail mail, ITaskSessions sessions, TimeProvider time)
{
    private const string CanceledReason = "Task canceled by user";
    private static readonly TimeSpan s_outcomePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_outcomePoll = TimeSpan.FromMilliseconds(50);

    /// <exception cref="AcpException">The agent was not reached or refused; the task stays as it is.</exception>
    public async Task<AgentTask> RunAsync(RpcContext context, TaskKeyword keyword, CancellationToken cancellationToken)
    {
        var task = await tasks.FindAsync(keyword, cancellationToken);
        if (context.Agent.Kind == AgentKind.Acp)
        {
            await agents.CallAsync(context.RemoteTarget, context.Request(task.ToWire(), (agent, sent) => new TaskParams { Agent = agent, Task = sent }), cancellationToken);
            if (context.Call.Method == RpcMethod.TaskCancel)
            {
                await changes.TryMoveAsync(task.Id, TaskTransition.Cancel, CanceledReason, cancellationToken);
            }
        }
        else if (task.Status.IsOpen())
        {
            await AskAsync(context, task, cancellationToken);
        }

        return (await tasks.FindAsync(TaskKeyword.ById(task.Id), cancellationToken)).ToWire();
    }

    private async Task AskAsync(RpcContext context, TaskRow task, CancellationToken cancellationToken)
    {
        var cancel = context.Call.Method == RpcMethod.TaskCancel;
        var kind = cancel ? MailboxKind.Cancel : MailboxKind.Interrupt;
        await mail.SendAsync(new NewMail(task.Owner, task.Id, context.Agent.Id, kind, null, context.IdempotencyKey), context.Agent, cancellationToken);
        if (!cancel)
        {
            return;
        }

        await sessions.CancelAsync(task.Id, cancellationToken);
        var until = time.GetUtcNow() + s_outcomePatience;
        while (time.GetUtcNow() < until && (await tasks.FindAsync(TaskKeyword.ById(task.Id), cancellationToken)).Status.IsOpen())
        {
            await Task.Delay(s_outcomePoll, time, cancellationToken);
        }
    }
}
