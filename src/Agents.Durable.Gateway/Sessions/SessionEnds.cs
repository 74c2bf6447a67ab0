using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Mailbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>
/// What a change of status over REST means for the workflow of a task of our own: the row is changed first and counts; a workflow that cannot be reached
/// now finds its task closed at its next step, and stops.
/// </summary>
internal sealed partial class SessionEnds(DataContext data, ITaskSessions sessions, SessionMail mail, ILogger<SessionEnds> logger)
{
    public async Task FollowAsync(TaskRow task, CancellationToken cancellationToken)
    {
        var agent = await data.Agents.AsNoTracking().SingleAsync(row => row.Id == task.AgentId, cancellationToken);
        if (agent.Kind == AgentKind.Acp)
        {
            return;
        }

        try
        {
            switch (task.Status)
            {
                case AgentTaskStatus.Interrupted:
                    await mail.SendAsync(new NewMail(task.Owner, task.Id, agent.Id, MailboxKind.Interrupt, null, null), agent, cancellationToken);
                    break;
                case AgentTaskStatus.Canceled:
                    await sessions.CancelAsync(task.Id, cancellationToken);
                    break;
                case not AgentTaskStatus.Running:
                    await sessions.TerminateAsync(task.Id, task.StatusReason ?? "", cancellationToken);
                    break;
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotReached(e, task.Id);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The workflow of task {TaskId} was not told that the task ended.")]
    private partial void LogNotReached(Exception exception, string taskId);
}
