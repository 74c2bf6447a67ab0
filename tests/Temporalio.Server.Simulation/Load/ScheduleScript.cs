using Temporalio.Api.Enums.V1;

namespace Temporalio.Server.Simulation.Load;

/// <summary>A schedule that starts so many workflows and is deleted then.</summary>
internal sealed record ScheduleScript(string ScheduleId, TimeSpan Interval, ScheduleOverlapPolicy Overlap, int Actions)
{
    /// <summary>The script that its workflows follow; their ids are this and a time.</summary>
    public string WorkflowId => $"{ScheduleId}.run";

    /// <summary>Whether what it starts is left alone until its end.</summary>
    public bool RunsToTheirEnd => Overlap is not (ScheduleOverlapPolicy.CancelOther or ScheduleOverlapPolicy.TerminateOther);
}
