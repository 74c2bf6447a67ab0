using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Schedules;

/// <summary>What people do to a schedule.</summary>
internal static class ScheduleChanges
{
    private const int MaxBackfill = 1000;

    public static void SetPaused(RunStep step, bool paused, string notes)
    {
        ScheduleRunner.Pass(step);
        var schedule = step.Run.Schedule!;
        schedule.Definition.State.Paused = paused;
        schedule.Definition.State.Notes = notes;
        ShowPaused(step);
    }

    /// <summary>Lists find paused schedules by an attribute.</summary>
    public static void ShowPaused(RunStep step)
    {
        var attributes = step.Run.Info.SearchAttributes?.Clone() ?? new();
        attributes.IndexedFields["TemporalSchedulePaused"] = SearchAttributeValues.Of(step.Run.Schedule!.Definition.State.Paused, IndexedValueType.Bool);
        step.Run.Info.SearchAttributes = attributes;
        step.Touch();
    }

    public static void Patch(RunStep step, SchedulePatch patch)
    {
        var schedule = step.Run.Schedule!;
        if (patch.Pause.Length > 0)
        {
            SetPaused(step, true, patch.Pause);
        }

        if (patch.Unpause.Length > 0)
        {
            SetPaused(step, false, patch.Unpause);
        }

        if (patch.TriggerImmediately is { } trigger)
        {
            var nominal = trigger.ScheduledTime?.ToDateTimeOffset() ?? step.Now;
            ScheduleRunner.Add(step, new ScheduledTime(DateTimeOffset.FromUnixTimeSeconds(nominal.ToUnixTimeSeconds()), step.Now), trigger.OverlapPolicy, manual: true);
        }

        foreach (var backfill in patch.BackfillRequest)
        {
            if (backfill.StartTime is null || backfill.EndTime is null)
            {
                continue;
            }

            var end = backfill.EndTime.ToDateTimeOffset();
            var times = schedule.Times;
            var count = 0;
            for (var next = times.Next(backfill.StartTime.ToDateTimeOffset() - TimeSpan.FromSeconds(1));
                next is { } time && time.Nominal <= end && count < MaxBackfill;
                next = times.Next(time.Nominal), count++)
            {
                ScheduleRunner.Add(step, time, backfill.OverlapPolicy, manual: true);
            }
        }

        ScheduleRunner.Process(step);
    }

    public static void Update(RunStep step, Schedule definition)
    {
        var schedule = step.Run.Schedule!;
        schedule.Definition = definition;
        schedule.Version++;
        schedule.Info.UpdateTime = step.Now.ToProto();
        // Times that the old definition has passed are not the new one's.
        schedule.Processed = step.Now > schedule.Processed ? step.Now : schedule.Processed;
        ShowPaused(step);
        ScheduleRunner.Process(step);
    }
}
