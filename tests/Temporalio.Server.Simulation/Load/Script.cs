using Temporalio.Api.Enums.V1;

namespace Temporalio.Server.Simulation.Load;

/// <summary>One thing that a workflow does and waits for.</summary>
internal abstract record ScriptStep(string Id);

internal sealed record ActivityStep(string Id, ActivityPlan Plan) : ScriptStep(Id);

internal sealed record TimerStep(string Id, TimeSpan Duration) : ScriptStep(Id);

/// <summary>A timer that is cancelled once the rest of its stage is done, if it has not fired by then.</summary>
internal sealed record GuardStep(string Id, TimeSpan Duration) : ScriptStep(Id);

/// <summary>Waits until the workflow has had so many different signals.</summary>
internal sealed record SignalsStep(string Id, int Count) : ScriptStep(Id);

/// <summary>A workflow that this one starts and waits for.</summary>
internal sealed record ChildStep(string Id, string WorkflowId, ParentClosePolicy ClosePolicy) : ScriptStep(Id);

/// <summary>A signal to another workflow, which may not be there.</summary>
internal sealed record ExternalStep(string Id, string WorkflowId) : ScriptStep(Id);

/// <summary>A request to cancel another workflow, which may not be there.</summary>
internal sealed record ExternalCancelStep(string Id, string WorkflowId) : ScriptStep(Id);

/// <summary>What an activity's attempts do. It travels as the activity's input.</summary>
/// <param name="MaximumAttempts">0 for as many as it takes.</param>
internal sealed record ActivityPlan(int Failures, int Heartbeats, bool HangsFirst, int MaximumAttempts)
{
    public string Encode() => $"{Failures}|{Heartbeats}|{(HangsFirst ? 1 : 0)}|{MaximumAttempts}";

    public static ActivityPlan Decode(string text)
    {
        var parts = text.Split('|');
        return new ActivityPlan(int.Parse(parts[0]), int.Parse(parts[1]), parts[2] == "1", int.Parse(parts[3]));
    }

    /// <summary>Whether an attempt that the server lets run to its end can succeed.</summary>
    public bool CanSucceed => MaximumAttempts == 0 || Failures < MaximumAttempts;
}

/// <summary>What a stage starts at once and waits for, and whether the workflow goes on in a new run afterwards.</summary>
internal sealed record Stage(IReadOnlyList<ScriptStep> Steps, bool ContinuesAsNew);

/// <summary>A workflow as data, and what its outside does to it.</summary>
internal sealed record Script
{
    public required string WorkflowId { get; init; }

    public required IReadOnlyList<Stage> Stages { get; init; }

    public int Signals { get; init; }

    public int Updates { get; init; }

    public int Queries { get; init; }

    /// <summary>How often its activities are paused, and let go on a while later.</summary>
    public int Pauses { get; init; }

    /// <summary>How often it is set back to an earlier task, perhaps after its end.</summary>
    public int Resets { get; init; }

    /// <summary>Whether it is started with its first update in one call.</summary>
    public bool UpdatesWithStart { get; init; }

    /// <summary>How many runs a cron schedule makes of it before it is terminated; 0 for a workflow without one.</summary>
    public int CronRuns { get; init; }

    /// <summary>Whether other workflows ask for its cancellation.</summary>
    public bool IsCancelledByOthers { get; init; }

    public bool IsCancelled { get; init; }

    public bool IsTerminated { get; init; }

    /// <summary>The first attempt fails and is repeated by the workflow's retry policy.</summary>
    public bool FailsFirst { get; init; }

    public bool SignalsWithStart { get; init; }

    public TimeSpan? RunTimeout { get; init; }

    /// <summary>The workflow that starts it; <see langword="null"/> if a client does.</summary>
    public string? Parent { get; init; }

    /// <summary>True for what schedules start, under ids of their own making.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>Whether a client starts it.</summary>
    public bool HasClient => Parent is null && !IsScheduled;

    /// <summary>Whether every step of the script must have happened at the end.</summary>
    public bool RunsToItsEnd => !IsCancelled && !IsCancelledByOthers && !IsTerminated && RunTimeout is null && CronRuns == 0 && HasClient;

    public IEnumerable<ScriptStep> Steps => Stages.SelectMany(s => s.Steps);
}
