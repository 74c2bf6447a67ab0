using Temporalio.Common;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Runs;

/// <summary>Times and retries of the steps.</summary>
/// <param name="queue">Where the steps are served; null for where the workflow is.</param>
internal sealed class StepOptions(string? queue)
{
    /// <summary>Characters of a message that comes as an update, and so through the history. Longer ones go through the mailbox.</summary>
    public const int LongestMessage = 8_000;

    /// <summary>Room for storing the answer after the tool's or model's own time is over.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Steps that touch only the database: milliseconds when all is well. They are tried until they succeed, because the database coming back is all that can help.
    /// </summary>
    public ActivityOptions Store { get; } = Short(queue, null);

    /// <summary>The same for what must also happen when the workflow is being canceled.</summary>
    public ActivityOptions StoreAlways { get; } = Short(queue, CancellationToken.None);

    /// <summary>A model call: its silence is watched by the activity; the worker's by the heartbeat.</summary>
    public ActivityOptions Model(RunLimits limits, CancellationToken cancellationToken) => Call(TimeSpan.FromHours(1), limits, cancellationToken);

    public ActivityOptions Tool(double seconds, RunLimits limits, CancellationToken cancellationToken) => Call(TimeSpan.FromSeconds(seconds) + s_margin, limits, cancellationToken);

    private static ActivityOptions Short(string? queue, CancellationToken? cancellationToken) => new()
    {
        TaskQueue = queue,
        StartToCloseTimeout = TimeSpan.FromSeconds(5),
        RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromMilliseconds(100), BackoffCoefficient = 2, MaximumInterval = TimeSpan.FromSeconds(5) },
        CancellationToken = cancellationToken,
    };

    private ActivityOptions Call(TimeSpan time, RunLimits limits, CancellationToken cancellationToken) => new()
    {
        TaskQueue = queue,
        StartToCloseTimeout = time,
        HeartbeatTimeout = TimeSpan.FromSeconds(limits.Heartbeat),
        // Unbounded: failures of the outside are counted and ended by the step itself, and no number of our crashes may cost a task its answer.
        RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromMilliseconds(100), BackoffCoefficient = 2, MaximumInterval = TimeSpan.FromSeconds(10) },
        // What was said and done until then is stored before the task is settled.
        CancellationType = ActivityCancellationType.WaitCancellationCompleted,
        CancellationToken = cancellationToken,
    };
}
