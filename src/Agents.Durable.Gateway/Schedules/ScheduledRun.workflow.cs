using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>One fire of a schedule; the workflow's id names it. All it does is to have the run begun, so that a crash of whoever does it loses nothing.</summary>
[Workflow(Name)]
public sealed class ScheduledRun
{
    /// <summary>The type's name at the engine.</summary>
    internal const string Name = "scheduled-run";

    /// <summary>Served by gateways, which know how to call agents.</summary>
    internal const string TaskQueue = "scheduled-runs";

    /// <summary>The activity that begins the run; its result is why the agent refused, or null.</summary>
    internal const string Begin = "begin-run";

    /// <summary>How often an agent is asked that refuses or cannot be reached. The pauses add up to two minutes: one that is being deployed anew is back by then.</summary>
    private const int MostRefusals = 8;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);

    private static readonly ActivityOptions s_options = new()
    {
        // A synchronous agent's answer is waited for. A process that dies is noticed by its silence, and that never counts against the run.
        StartToCloseTimeout = TimeSpan.FromMinutes(15),
        HeartbeatTimeout = TimeSpan.FromSeconds(5),
        RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(1), MaximumInterval = TimeSpan.FromSeconds(10) },
    };

    [WorkflowRun]
    public async Task RunAsync(ScheduledRunInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var fireId = Workflow.Info.WorkflowId;
        var fire = input.ByHandAt is { } at ? new ScheduledFire(input.ScheduleId, fireId, "manual", at) : new ScheduledFire(input.ScheduleId, fireId, "scheduled", FireNames.TimeOf(fireId));
        var pause = s_firstPause;
        for (var refusals = 1; await Workflow.ExecuteActivityAsync<string?>(Begin, [fire], s_options) is { } reason; refusals++)
        {
            if (refusals == MostRefusals)
            {
                throw new ApplicationFailureException(reason);
            }

            await Workflow.DelayAsync(pause);
            pause *= 2;
        }
    }
}

/// <param name="Version">Of the schedule's row; what is begun is what the row says when it begins.</param>
public sealed record ScheduledRunInput(string ScheduleId, long Version)
{
    /// <summary>When somebody began the run by hand; null for the clock's.</summary>
    public DateTimeOffset? ByHandAt { get; init; }
}

/// <summary>A run that is to begin.</summary>
/// <param name="TriggerType"><c>scheduled</c> or <c>manual</c>.</param>
public sealed record ScheduledFire(string ScheduleId, string Id, string TriggerType, DateTimeOffset Time);
