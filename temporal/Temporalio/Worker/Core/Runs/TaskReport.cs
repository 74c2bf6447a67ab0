namespace Temporalio.Worker.Core.Runs;

internal enum TaskReportKind
{
    /// <summary>The server was told.</summary>
    Reported,

    /// <summary>It was not, and the task goes on.</summary>
    NotReported,

    /// <summary>It was not, and the task is given up.</summary>
    Dropped,
}

/// <summary>How a completion was told to the server, and what came back.</summary>
internal sealed record TaskReport(TaskReportKind Kind)
{
    public static readonly TaskReport NotReported = new(TaskReportKind.NotReported);

    public static readonly TaskReport Dropped = new(TaskReportKind.Dropped);

    /// <summary>Event to roll back to because the task was speculative and left nothing, else 0.</summary>
    public long ResetTo { get; init; }

    /// <summary>The run's next task, if the server had one at once.</summary>
    public WorkflowTask? NextTask { get; init; }

    public EvictionRequest? Eviction { get; init; }

    public static TaskReport Reported(long resetTo = 0, WorkflowTask? nextTask = null, EvictionRequest? eviction = null) =>
        new(TaskReportKind.Reported) { ResetTo = resetTo, NextTask = nextTask, Eviction = eviction };
}
