using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>
/// Tells viewers of the end of a task, or of its going on, where the status was stored and its writer died before it told: the hub's viewers would wait for
/// the end for ever, leave a task that goes on, or not know that a person stopped it. Ends that were told are seen by the head of the stream, stops by its last
/// word about the task.
/// </summary>
internal sealed partial class StatusSweep(NpgsqlDataSource database, TaskNews news, TimeProvider time, ILogger<StatusSweep> logger)
    : PeriodicWork(TimeSpan.FromSeconds(5), time, logger)
{
    // Of all gateways one looks at a time, so that a status is told once.
    private const long LockKey = 0x5354_4154_5553;
    private const int AtOnce = 1000;

    // Longer than a writer that lives takes between the two.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // The settling steps of runs of our own are repeated after a crash, and tell then themselves, after what else they have to tell. Begun anew they were by a gateway.
    private static readonly TimeSpan s_patienceWithRuns = TimeSpan.FromMinutes(1);

    /// <summary>Each look goes back behind the one before, further than patience.</summary>
    private static readonly TimeSpan s_overlap = TimeSpan.FromMinutes(3);

    /// <summary>How far the first look of a process goes back.</summary>
    private static readonly TimeSpan s_firstLook = TimeSpan.FromDays(1);

    // Found from the end of the stream: little was said since a stop, or a going on of these last minutes.
    private const string LastTold = """
        (SELECT s.update::jsonb #>> '{task,status}' FROM task_stream s
         WHERE s.task_id = tasks.id COLLATE "C" AND s.update LIKE '{"type":"task_updated"%' ORDER BY s.seq DESC LIMIT 1)
        """;

    private DateTimeOffset? _since;

    /// <summary>Tells of statuses that were stored since a moment; the number of tasks. Null when another look is under way.</summary>
    public async Task<int?> TellAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await IsMineAsync(connection, cancellationToken))
        {
            return null;
        }

        try
        {
            var untold = await UntoldAsync(connection, since, cancellationToken);
            foreach (var task in untold)
            {
                await news.PublishAsync(task.ToWire(), cancellationToken);
                LogTold(task.Id, task.Status);
            }

            return untold.Count;
        }
        finally
        {
            await using var unlock = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = LockKey } } };
            await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        var begun = Time.GetUtcNow();
        await TellAsync(_since ?? begun - s_firstLook, cancellationToken);
        _since = begun - s_overlap;
    }

    private static async Task<bool> IsMineAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = LockKey } } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task<List<TaskRow>> UntoldAsync(NpgsqlConnection connection, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        // Running tasks that go on after a stop have the reason that says so; of most others no look at their streams is needed.
        await using var command = new NpgsqlCommand(
            $"""
            SELECT {TaskColumns.All} FROM tasks LEFT JOIN task_stream_heads ON task_id = tasks.id COLLATE "C"
            WHERE updated_at >= $1
              AND updated_at < CASE WHEN status = 'RUNNING' OR (SELECT kind FROM agents a WHERE a.id = tasks.agent_id) = 'acp' THEN $2 ELSE $3 END
              AND ((status IN ('RUNNING', 'INTERRUPTED')) = (coalesce(ended_seq, 0) > 0)
                OR ((status = 'INTERRUPTED' OR (status = 'RUNNING' AND status_reason LIKE 'Task resumed%')) AND status IS DISTINCT FROM {LastTold}))
            ORDER BY updated_at LIMIT {AtOnce}
            """, connection)
        {
            Parameters = { SqlValue.Time(since), SqlValue.Time(now - s_patience), SqlValue.Time(now - s_patienceWithRuns) },
        };
        var untold = new List<TaskRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            untold.Add(TaskColumns.Read(reader));
        }

        return untold;
    }

    [LoggerMessage(LogLevel.Warning, "Viewers of task {TaskId} are told that it is {Status}: whoever stored that is gone.")]
    private partial void LogTold(string taskId, AgentTaskStatus status);
}
