using System.Globalization;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Settlement;
using Agents.Durable.Data.Stream;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Agents.Durable.Agent;

/// <summary>
/// Closes the rows of tasks whose workflow is closed: a run settles its task itself, but one that was terminated from outside, or failed where nothing could be
/// written, did not. It opens nothing and starts nothing.
/// </summary>
internal sealed partial class TaskReconciler(ITemporalClient client, RunStore store, TaskStream stream, TimeProvider time, ILogger<TaskReconciler> logger)
    : PeriodicWork(TimeSpan.FromSeconds(30), time, logger)
{
    private const int Page = 500;

    /// <summary>Closed runs are looked at again for this long, because the engine's list may lag behind.</summary>
    private static readonly TimeSpan s_overlap = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_firstLook = TimeSpan.FromDays(1);
    private DateTimeOffset? _since;

    /// <summary>Looks once; how many tasks it closed.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var begun = Time.GetUtcNow();
        var since = (_since ?? begun - s_firstLook).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        var query = $"ExecutionStatus != 'Running' AND CloseTime >= '{since}'";
        var closed = 0;
        await foreach (var runs in client.ListWorkflowsAsync(query).Where(run => run.Status != WorkflowExecutionStatus.ContinuedAsNew).Chunk(Page).WithCancellation(cancellationToken))
        {
            foreach (var (taskId, changed) in await OpenAsync([.. runs.Select(run => run.Id).Distinct()], cancellationToken))
            {
                closed += await CloseAsync(taskId, changed, cancellationToken) ? 1 : 0;
            }
        }

        _since = begun - s_overlap;
        return closed;
    }

    // The first round comes a while after the start: runs that wait for this process go first.
    protected override Task RoundAsync(CancellationToken cancellationToken) => SweepAsync(cancellationToken);

    /// <summary>Those of the tasks that are open and have no mail that will start their next run, with the time when their row was changed last.</summary>
    private async Task<IReadOnlyList<(string TaskId, DateTime Since)>> OpenAsync(string[] taskIds, CancellationToken cancellationToken)
    {
        await using var command = store.Database.CreateCommand(
            """
            select id, updated_at from tasks t where t.id = any($1) and t.status in ('RUNNING', 'INTERRUPTED')
            and not exists (select from mailbox m where m.task_id = t.id and m.state = 'pending')
            """);
        command.Parameters.Add(new() { Value = taskIds });
        var open = new List<(string, DateTime)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            open.Add((reader.GetString(0), reader.GetDateTime(1)));
        }

        return open;
    }

    private async Task<bool> CloseAsync(string taskId, DateTime since, CancellationToken cancellationToken)
    {
        WorkflowExecutionDescription latest;
        try
        {
            latest = await client.GetWorkflowHandle(taskId).DescribeAsync(new() { Rpc = new RpcOptions { CancellationToken = cancellationToken } });
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return false;
        }

        AgentTaskStatus? to = latest.Status switch
        {
            WorkflowExecutionStatus.Completed => AgentTaskStatus.Completed,
            WorkflowExecutionStatus.Failed => AgentTaskStatus.Failed,
            WorkflowExecutionStatus.Canceled => AgentTaskStatus.Canceled,
            WorkflowExecutionStatus.Terminated => AgentTaskStatus.Terminated,
            WorkflowExecutionStatus.TimedOut => AgentTaskStatus.TimedOut,
            _ => null,
        };
        // A row that was opened after its run had closed is about to get another run.
        if (to is not { } status || latest.CloseTime < since)
        {
            return false;
        }

        var wish = new StatusWish
        {
            To = status,
            Reason = $"The task's run ended ({EnumNames.Of(status)}) without a word",
            From = [AgentTaskStatus.Running, AgentTaskStatus.Interrupted],
        };
        if (await TaskSettlement.ApplyAsync(store.Database, taskId, wish, Time.GetUtcNow(), cancellationToken) is not SettleOutcome.Settled { Changed: true } settled)
        {
            return false;
        }

        await stream.AppendAsync(taskId, StreamItems.Task(settled.Task), cancellationToken);
        LogClosed(taskId, status);
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "The run of task {TaskId} had ended without settling it; it is {Status} now.")]
    private partial void LogClosed(string taskId, AgentTaskStatus status);
}
