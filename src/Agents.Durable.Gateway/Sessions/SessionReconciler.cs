using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Settlement;
using Agents.Durable.Data.Stream;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>
/// Closes the rows of tasks whose workflow ended without saying so: terminated at the engine, or failed where no step of it could run. It never touches a
/// row with mail that nobody has read, because that mail starts the workflow anew.
/// </summary>
internal sealed partial class SessionReconciler(ITaskSessions sessions, NpgsqlDataSource database, TaskStream stream, TimeProvider time, ILogger<SessionReconciler> logger)
    : PeriodicWork(TimeSpan.FromSeconds(15), time, logger)
{
    /// <summary>Visibility may lag behind the workflows, so each look goes back behind the one before.</summary>
    private static readonly TimeSpan s_overlap = TimeSpan.FromMinutes(2);

    /// <summary>How far the first look of a process goes back.</summary>
    private static readonly TimeSpan s_firstLook = TimeSpan.FromDays(1);

    private DateTimeOffset? _since;

    /// <summary>Closes what ended since a moment; the number of rows.</summary>
    public async Task<int> ReconcileAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var closed = 0;
        await foreach (var taskId in sessions.ClosedSinceAsync(since, cancellationToken))
        {
            closed += await CloseAsync(taskId, cancellationToken) ? 1 : 0;
        }

        return closed;
    }

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        var begun = Time.GetUtcNow();
        await ReconcileAsync(_since ?? begun - s_firstLook, cancellationToken);
        _since = begun - s_overlap;
    }

    private async Task<bool> CloseAsync(string taskId, CancellationToken cancellationToken)
    {
        // The newest run counts: what ended may have been followed by another.
        if (!await IsLeftOpenAsync(taskId, cancellationToken) || await sessions.OutcomeAsync(taskId, cancellationToken) is not { } outcome)
        {
            return false;
        }

        var wish = new StatusWish
        {
            To = outcome,
            Reason = $"The workflow ended: {EnumNames.Of(outcome)}",
            From = [AgentTaskStatus.Running, AgentTaskStatus.Interrupted],
        };
        if (await TaskSettlement.ApplyAsync(database, taskId, wish, Time.GetUtcNow(), cancellationToken) is not SettleOutcome.Settled { Changed: true } settled)
        {
            return false;
        }

        LogClosed(taskId, outcome);
        await stream.AppendAsync(taskId, StreamItem.Of(settled.Task), cancellationToken);
        return true;
    }

    // Open, of an agent of ours, and without unread mail. The workflow's own last step has had time to settle the row: it does so before the workflow ends.
    private async Task<bool> IsLeftOpenAsync(string taskId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT 1 FROM tasks t JOIN agents a ON a.id = t.agent_id
            WHERE t.id = $1 AND t.status IN ('RUNNING', 'INTERRUPTED') AND a.kind <> 'acp'
              AND NOT EXISTS (SELECT FROM mailbox m WHERE m.task_id = t.id AND m.state = 'pending')
            """);
        command.Parameters.Add(new() { Value = taskId });
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    [LoggerMessage(LogLevel.Warning, "Task {TaskId} was closed as {Outcome}, because its workflow had ended without saying so.")]
    private partial void LogClosed(string taskId, AgentTaskStatus outcome);
}
