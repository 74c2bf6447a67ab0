using System.Runtime.CompilerServices;
using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Data;
using Agents.Durable.Data.Stream;
using Agents.Durable.Gateway.Tasks;
using Microsoft.AspNetCore.SignalR;

namespace Agents.Durable.Gateway.Streaming;

/// <summary>The hub <c>/hubs/tasks</c>: everything that happens in a task, as it happens, and what a person may do about it.</summary>
internal sealed class TasksHub(TaskStream stream, TaskDirectory tasks, TaskCommands commands) : Hub
{
    /// <summary>
    /// Streams arrays of <c>{seq, at, call_id?, attempt?, update}</c>: all after <paramref name="afterSeq"/> (0 = from the start), or, with
    /// <see langword="null"/>, only what comes. Completes after the frame that ends the task.
    /// </summary>
    /// <exception cref="HubException">
    /// No such task; or <c>resume:N</c>: this client reads too slowly, or the database is away, and it goes on by subscribing after N.
    /// </exception>
    public async IAsyncEnumerable<IReadOnlyList<StreamFrame>> Subscribe(
        string taskId, long? afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await ResumableAsync(async () => await tasks.TryFindAsync(TaskKeyword.ById(taskId), cancellationToken) is not null, afterSeq))
        {
            throw new HubException($"Item with id '{taskId}' does not exist.");
        }

        var cursor = afterSeq;
        await using var view = stream.ReadAsync(taskId, afterSeq, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await ResumableAsync(() => view.MoveNextAsync().AsTask(), cursor))
        {
            cursor = view.Current[^1].Seq;
            yield return view.Current;
        }
    }

    /// <summary>Sends an event to the task, as event/send does. The same key again is the same event.</summary>
    /// <exception cref="HubException">Refused; the message says why.</exception>
    public Task<AgentEvent> SendEvent(string taskId, JsonElement content, string? idempotencyKey) =>
        commands.SendAsync(CallerFilter.CallerOf(Context), taskId, content, idempotencyKey, CancellationToken.None);

    /// <summary>Cancels the task, as task/cancel does, and answers it as it then is.</summary>
    /// <exception cref="HubException">Refused; the message says why.</exception>
    public Task<AgentTask> Cancel(string taskId) => commands.StopAsync(CallerFilter.CallerOf(Context), taskId, RpcMethod.TaskCancel, CancellationToken.None);

    /// <summary>Asks the agent to stop what it does and wait for input, as task/interrupt does.</summary>
    /// <exception cref="HubException">Refused; the message says why.</exception>
    public Task<AgentTask> Interrupt(string taskId) => commands.StopAsync(CallerFilter.CallerOf(Context), taskId, RpcMethod.TaskInterrupt, CancellationToken.None);

    private static async Task<bool> ResumableAsync(Func<Task<bool>> step, long? cursor)
    {
        try
        {
            return await step();
        }
        catch (StreamLaggedException lagged)
        {
            throw new HubException($"resume:{lagged.Seq}");
        }
        catch (Exception e) when (cursor is not null && DatabaseAbsence.IsCause(e))
        {
            throw new HubException($"resume:{cursor}");
        }
    }
}
