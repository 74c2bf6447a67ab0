using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Messages;
using Agents.Durable.Gateway.Tasks;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>message/send: the message is stored, the synchronous agent called, always for a stream, and its answer stored.</summary>
internal sealed class SendMessage(TaskCreation creation, TaskDirectory tasks, TaskChanges changes, MessageStore messages, AcpClient agents, TaskNews news)
{
    private const int MostAtOnce = 64;

    /// <summary>All at once: the finished messages of the agent. An error leaves the task as it is and drops them.</summary>
    /// <exception cref="AcpException">The agent was not reached, or failed.</exception>
    /// <exception cref="Errors.GatewayException">There is no task of this id.</exception>
    public async Task<TaskMessage[]> RunAsync(RpcContext context, CancellationToken cancellationToken) =>
        await AskAsync(context, await SayAsync(context, cancellationToken), cancellationToken);

    /// <summary>Stores the message, unless it is; returns the task that it goes to.</summary>
    /// <exception cref="Errors.GatewayException">There is none of this id.</exception>
    public async Task<TaskRow> SayAsync(RpcContext context, CancellationToken cancellationToken)
    {
        if (context.Said is { } said)
        {
            return said;
        }

        var call = context.Call;
        // A task is spoken to whatever became of it; an empty id is none.
        var task = call.TaskId is { Length: > 0 } id
            ? await creation.ResumeAsync(context.Agent, await tasks.FindAsync(TaskKeyword.ById(id), cancellationToken), call.TaskParams, cancellationToken)
            : await creation.GetOrCreateAsync(context.Agent, new NewTask(call.TaskName, call.TaskParams, null), cancellationToken);
        await messages.AddAsync(task.Id, call.Content!, call.SaidStatus, cancellationToken);
        return task;
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

        var stored = await messages.AnswerAsync(task.Id, answer.Contents(), StreamingStatus.Done, cancellationToken);
        if (stored.Length > 0)
        {
            await TellAsync(task.Id, stored, cancellationToken);
        }

        return stored;
    }

    private async Task TellAsync(string taskId, TaskMessage[] stored, CancellationToken cancellationToken)
    {
        var ids = Array.ConvertAll(stored, message => message.Id!);
        try
        {
            KillPoints.Pass("answer.after_stored");
            await news.PublishAsync(taskId, stored.Select((message, index) => new MessageFull { Index = index, ParentTaskMessage = message, Content = message.Content }), cancellationToken);
            await messages.LeaveAsync(ids, cancellationToken);
        }
        finally
        {
            // What could not be told is told by the sweep.
            messages.Abandon(ids);
        }
    }

    /// <summary>
    /// The same piece by piece, each with the message as it is stored by then; what the agent says while pieces are being stored comes together. An error of the agent
    /// fails the task, unless it ended.
    /// </summary>
    /// <exception cref="AcpException">The agent was not reached, or failed.</exception>
    public async IAsyncEnumerable<IReadOnlyList<TaskMessageUpdate>> StreamAsync(
        RpcContext context, TaskRow task, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var answer = new StreamedAnswer(messages, task.Id);
        await using var said = new ReadAhead<TaskMessageUpdate>(agents.StreamAsync(context.RemoteTarget, RequestOf(context, task), cancellationToken));
        AcpException? failure = null;
        while (failure is null)
        {
            List<TaskMessageUpdate> updates = [];
            var alone = false;
            try
            {
                if (!await said.WaitAsync())
                {
                    break;
                }

                // What has to be stored first goes alone: it is not to hold back what needs only to be shown, nor is a message's beginning to wait for what follows.
                while (!alone && updates.Count < MostAtOnce && said.TryPeek(out var next) && (answer.OnlyShows(next) || updates.Count == 0) && said.TryTake(out next))
                {
                    alone = !answer.OnlyShows(next);
                    updates.AddRange(await answer.TakeAsync(next, cancellationToken));
                }
            }
            catch (AcpException e)
            {
                failure = e;
            }

            if (updates.Count == 0)
            {
                continue;
            }

            // What went alone is in the messages, or is a beginning without a word; a delta is nowhere else than on the stream.
            if (alone)
            {
                yield return updates;
                await answer.StoredAsync();
                await news.PublishAsync(task.Id, updates, cancellationToken);
            }
            else
            {
                await news.PublishAsync(task.Id, updates, cancellationToken);
                yield return updates;
            }
        }

        if (failure is not null)
        {
            await answer.LeaveAsync(cancellationToken);
            await changes.TryFailAsync(task.Id, failure.Message, cancellationToken);
            throw failure;
        }

        await answer.FinishAsync(cancellationToken);
    }

    private static AcpRequest RequestOf(RpcContext context, TaskRow task) =>
        context.Request(task.ToWire(), (agent, sent) => new MessageParams { Agent = agent, Task = sent, Content = context.Call.Content! });
}
