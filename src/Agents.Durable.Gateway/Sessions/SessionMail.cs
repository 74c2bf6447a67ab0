using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Mailbox;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>
/// Mail for tasks of our own agents. It is stored, then the workflow is woken, which reads its mailbox in order and settles what it has read. Wake-ups need no
/// order among themselves, and one that was lost is made up for by the sweep when the mail is still there after <see cref="Patience"/>.
/// </summary>
internal sealed partial class SessionMail(MailboxStore mailbox, ITaskSessions sessions, ILogger<SessionMail> logger)
{
    /// <summary>How long a workflow that was woken may take to read before it is woken again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Stores mail and wakes the task's workflow; null when the task is not open.</summary>
    public async Task<PutMail?> SendAsync(NewMail mail, AgentRow agent, CancellationToken cancellationToken)
    {
        var stored = await mailbox.PutAsync(mail, Patience, cancellationToken);
        if (stored is { Known: false })
        {
            await WakeAsync(agent, mail.TaskId, stored.Position, cancellationToken);
        }

        return stored;
    }

    /// <summary>Wakes the workflow of a task whose mail is stored. An engine out of reach is no error: the mail becomes due at once.</summary>
    public async Task WakeAsync(AgentRow agent, string taskId, long position, CancellationToken cancellationToken)
    {
        try
        {
            await sessions.WakeAsync(agent, taskId, position, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotWoken(e, taskId);
            await mailbox.HurryAsync(taskId, position, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The workflow of task {TaskId} could not be woken; it will be tried again.")]
    private partial void LogNotWoken(Exception exception, string taskId);
}
