using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Agents.Durable.Agent;

/// <summary>Speaking to a task through the engine alone, for programs that have a client of it and want the turn's end as their answer.</summary>
public static class AgentConversations
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Says something to the task and waits until the turn that it is part of is over, however often the task goes on in a new history meanwhile. The message is said
    /// once for an id, whoever asks with it and how often.
    /// </summary>
    /// <param name="task">The task's workflow.</param>
    /// <param name="text">1 to 8000 characters.</param>
    /// <param name="id">The message's; a new one when it is null.</param>
    /// <param name="rpc">Options of the calls; their token ends the wait, not the turn.</param>
    /// <param name="time">Whose clock paces the asking. Default: the system's.</param>
    /// <exception cref="WorkflowUpdateFailedException">The message was refused, or the task ended before it was answered (<see cref="AgentSessions.Ended"/>).</exception>
    /// <exception cref="RpcException">There is no such task, or it had ended.</exception>
    public static async Task<SessionTurn> SendMessageAsync(
        this WorkflowHandle task, string text, string? id = null, RpcOptions? rpc = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        // Whichever run is the task's last.
        var latest = task.Client.GetWorkflowHandle(task.Id);
        var options = new WorkflowUpdateOptions(id ?? Guid.NewGuid().ToString()) { Rpc = rpc };
        var position = 0L;
        while (true)
        {
            try
            {
                return await latest.ExecuteUpdateAsync<SessionTurn>(AgentSessions.SendMessage, [text], options).ConfigureAwait(false);
            }
            catch (WorkflowUpdateFailedException e) when (e.InnerException is ApplicationFailureException { ErrorType: AgentSessions.GoesOn } on)
            {
                position = Math.Max(position, on.Details.Count > 0 ? on.Details.ElementAt<long>(0) : 0);
            }
            catch (RpcException e) when (position > 0 && e.Code == RpcException.StatusCode.NotFound)
            {
                return await AnsweredAsync(latest, position, rpc).ConfigureAwait(false) ?? throw new WorkflowUpdateFailedException(Refusals.Unanswered());
            }

            await Task.Delay(s_pause, time ?? TimeProvider.System, rpc?.CancellationToken ?? default).ConfigureAwait(false);
        }
    }

    /// <summary>The turn of a message that the task answered before it ended; null when it ended without an answer.</summary>
    private static async Task<SessionTurn?> AnsweredAsync(WorkflowHandle task, long position, RpcOptions? rpc)
    {
        var state = await task.QueryAsync<SessionState>(AgentSessions.State, [], new() { Rpc = rpc }).ConfigureAwait(false);
        return state.Mail >= position && !state.Open ? new SessionTurn(position, state.Turns, state.Messages) : null;
    }
}
