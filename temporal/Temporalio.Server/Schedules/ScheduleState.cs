using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Schedules;

/// <summary>A start that a schedule owes: it waits for its turn, or its confirmation is still to come.</summary>
internal sealed class ScheduledStart
{
    public required DateTimeOffset Nominal { get; init; }

    public required DateTimeOffset Due { get; init; }

    public required ScheduleOverlapPolicy Overlap { get; init; }

    /// <summary>True for a trigger or a backfill: it counts against nothing.</summary>
    public required bool Manual { get; init; }

    /// <summary>Makes the start the same one however often it is asked for.</summary>
    public required string RequestId { get; init; }

    /// <summary>True once the start was asked for.</summary>
    public bool Sent { get; set; }
}

/// <summary>A schedule: what a run of the server's own kind holds instead of a workflow.</summary>
internal sealed class ScheduleState
{
    public required string ScheduleId { get; init; }

    public required Schedule Definition { get; set; }

    public ScheduleInfo Info { get; private init; } = new();

    /// <summary>Counts updates, so that one that is based on an older state is recognised.</summary>
    public long Version { get; set; } = 1;

    /// <summary>The time up to which the schedule has acted.</summary>
    public DateTimeOffset Processed { get; set; }

    public DateTimeOffset? WakeAt { get; set; }

    public List<ScheduledStart> Starts { get; } = [];

    public Payloads? LastResult { get; set; }

    public Failure? LastFailure { get; set; }

    /// <summary>True while a confirmation or the end of a workflow is to be waited for.</summary>
    public bool IsWaiting => Info.RunningWorkflows.Count > 0 || Starts.Any(s => s.Sent);

    public ScheduleTimes Times => new(Definition.Spec, ScheduleId);

    public void Save(StateWriter writer)
    {
        writer.Text(ScheduleId);
        writer.Message(Definition);
        writer.Message(Info);
        writer.Number(Version);
        writer.Time(Processed);
        writer.Time(WakeAt);
        writer.Message(LastResult);
        writer.Message(LastFailure);
        writer.Number(Starts.Count);
        foreach (var start in Starts)
        {
            writer.Time(start.Nominal);
            writer.Time(start.Due);
            writer.Number((int)start.Overlap);
            writer.Flag(start.Manual);
            writer.Text(start.RequestId);
            writer.Flag(start.Sent);
        }
    }

    public static ScheduleState Load(ref StateReader reader)
    {
        var state = new ScheduleState
        {
            ScheduleId = reader.RequiredText(),
            Definition = reader.Message(Schedule.Parser)!,
            Info = reader.Message(ScheduleInfo.Parser)!,
            Version = reader.Number(),
            Processed = reader.Time() ?? default,
            WakeAt = reader.Time(),
            LastResult = reader.Message(Payloads.Parser),
            LastFailure = reader.Message(Failure.Parser),
        };
        for (var i = reader.Integer(); i > 0; i--)
        {
            state.Starts.Add(new ScheduledStart
            {
                Nominal = reader.Time() ?? default,
                Due = reader.Time() ?? default,
                Overlap = (ScheduleOverlapPolicy)reader.Integer(),
                Manual = reader.Flag(),
                RequestId = reader.RequiredText(),
                Sent = reader.Flag(),
            });
        }

        return state;
    }
}
