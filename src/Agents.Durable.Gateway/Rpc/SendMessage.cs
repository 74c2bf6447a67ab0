using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Messages;
using Agents.Durable.Gateway.Tasks;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>message/send: the message is stored, the synchronous agent called, always for a stream, and its answer stored.</summary>
internal sealed class SendMessage(TaskCreation creation, TaskDirectory tasks, TaskChanges changes, MessageStore messages, AcpClient agents, TaskNews news)
{
    /// <summary>The task that the message goes to.</summary>
    /// <exception cref="Errors.GatewayException">There is none of this id.</exception>
    public async Task<TaskRow> FindTaskAsync(RpcContext context, CancellationToken cancellationToken)
    {
        var call = context.Call;
        return call.TaskId is { } id
            ? await creation.ResumeAsync(context.Agent, await tasks.GetAsync(TaskKeyword.ById(id), cancellationToken), call.TaskParams, cancellationToken)
            : await creation.GetOrCreateAsync(context.Agent, new NewTask(call.TaskName, call.TaskParams, null), cancellationToken);
    }

    /// <summary>All at once: the finished messages of the agent. An error leaves the task as it is and drops them.</summary>
    /// <exception cref="AcpException">The agent was not reached, or failed.</exception>
    public async Task<TaskMessage[]> RunAsync(RpcContext context, CancellationToken cancellationToken)
    {
        var task = await FindTaskAsync(context, cancellationToken);
        await messages.AddAsync(task.Id, context.Call.Content!, null, cancellationToken);
        return await AskAsync(context, task, cancellationToken);
    }

    /// <summary>The same for a message that is stored already.</summary>
    /// <exception cref="AcpException">The agent was not reached, or failed.</exception>
    public async Task<TaskMessage[]> AskAsync(RpcContext context, TaskRow task, CancellationToken cancellationToken)
    {
        var answer = new WholeAnswer();
        await foreach (var update in agents.StreamAsync(context.RemoteTarget, RequestOf(context, task), cancellationToken))
        {
            answer.Take(update);
        }

        var stored = await messages.AddAsync(task.Id, answer.Contents(), StreamingStatus.Done, null, cancellationToken);
        foreach (var (message, index) in stored.Select((message, index) => (message, index)))
        {
            await news.PublishAsync(task.Id, new MessageFull { Index = index, ParentTaskMessage = message, Content = message.Content }, cancellationToken);
        }

        return stored;
    }

    /// <summary>Piece by piece, each with the message as it is stored by then. An error of the agent fails the task, unless it ended.</summary>
    /// <exception cref="AcpException">The agent was not reached, or failed.</exception>
    public async IAsyncEnumerable<TaskMessageUpdate> StreamAsync(
        RpcContext context, TaskRow task, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await messages.AddAsync(task.Id, context.Call.Content!, StreamingStatus.Done, cancellationToken);
        var answer = new StreamedAnswer(messages, task.Id);
        await using var updates = agents.StreamAsync(context.RemoteTarget, RequestOf(context, task), cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await FailTaskOnErrorAsync(task.Id, () => updates.MoveNextAsync().AsTask(), cancellationToken))
        {
            foreach (var update in await FailTaskOnErrorAsync(task.Id, () => answer.TakeAsync(updates.Current, cancellationToken), cancellationToken))
            {
                await news.PublishAsync(task.Id, update, cancellationToken);
                yield return update;
            }
        }

        await answer.FinishAsync(cancellationToken);
    }

    private async Task<T> FailTaskOnErrorAsync<T>(string taskId, Func<Task<T>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step();
        }
        catch (AcpException e)
        {
            await changes.TryFailAsync(taskId, e.Message, cancellationToken);
            throw;
        }
    }

    private static AcpRequest RequestOf(RpcContext context, TaskRow task) =>
        context.Request(task.ToWire(), (agent, sent) => new MessageParams { Agent = agent, Task = sent, Content = context.Call.Content! });
}
