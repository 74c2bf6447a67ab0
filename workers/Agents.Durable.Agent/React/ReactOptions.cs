using Temporalio.Common;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.React;

/// <summary>Times and retries of the workflow's activities.</summary>
internal static class ReactOptions
{
    /// <summary>Characters of a message that comes as an update, and so through the history. Longer ones go through the mailbox.</summary>
    public const int LongestMessage = 8_000;

    /// <summary>Room for storing the answer after the tool's or model's own time is over.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Steps that touch only the database: milliseconds when all is well. They are tried until they succeed, because the database coming back is all that can help.
    /// </summary>
    public static ActivityOptions Store { get; } = new()
    {
        StartToCloseTimeout = TimeSpan.FromSeconds(5),
        RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromMilliseconds(100), BackoffCoefficient = 2, MaximumInterval = TimeSpan.FromSeconds(5) },
    };

    /// <summary>The same for what must also happen when the workflow is being canceled.</summary>
    public static ActivityOptions StoreAlways { get; } = new()
    {
        StartToCloseTimeout = Store.StartToCloseTimeout,
        RetryPolicy = Store.RetryPolicy,
        CancellationToken = CancellationToken.None,
    };

    /// <summary>A model call: its silence is watched by the activity; the worker's by the heartbeat.</summary>
    public static ActivityOptions Model(ReactLimits limits, CancellationToken cancellationToken) => Call(TimeSpan.FromHours(1), limits, cancellationToken);

    public static ActivityOptions Tool(double seconds, ReactLimits limits, CancellationToken cancellationToken) =>
        Call(TimeSpan.FromSeconds(seconds) + s_margin, limits, cancellationToken);

    private static ActivityOptions Call(TimeSpan time, ReactLimits limits, CancellationToken cancellationToken) => new()
    {
        StartToCloseTimeout = time,
        HeartbeatTimeout = TimeSpan.FromSeconds(limits.Heartbeat),
        // Unbounded: failures of the outside are counted and ended by the step itself, and no number of our crashes may cost a task its answer.
        RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromMilliseconds(100), BackoffCoefficient = 2, MaximumInterval = TimeSpan.FromSeconds(10) },
        // What was said and done until then is stored before the task is settled.
        CancellationType = ActivityCancellationType.WaitCancellationCompleted,
        CancellationToken = cancellationToken,
    };
}
