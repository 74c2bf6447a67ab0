using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Schedules;

/// <summary>What a schedule does when its time comes, when somebody asks, and when a workflow of its ends.</summary>
internal static class ScheduleRunner
{
    private const int MaxAtOnce = 1000;

    /// <summary>Lets happen what is due, and finds out when to look again.</summary>
    public static void Process(RunStep step)
    {
        var schedule = step.Run.Schedule!;
        var catchup = schedule.Definition.Policies.CatchupWindow.ToSpan();
        for (var i = 0; i < MaxAtOnce && schedule.Times.Next(schedule.Processed) is { } next && next.Due <= step.Now; i++)
        {
            schedule.Processed = next.Nominal;
            if (!MayAct(schedule))
            {
                continue;
            }

            if (step.Now - next.Due > catchup)
            {
                schedule.Info.MissedCatchupWindow++;
                continue;
            }

            Add(step, next, ScheduleOverlapPolicy.Unspecified, manual: false);
        }

        Drain(step);
        // One that may not act sleeps until somebody changes that; the times until then have passed.
        schedule.WakeAt = MayAct(schedule) ? schedule.Times.Next(schedule.Processed)?.Due : null;
        if (schedule.WakeAt is { } due)
        {
            step.WakeAt(due);
        }

        step.Touch();
    }

    /// <summary>Puts a start in line.</summary>
    public static void Add(RunStep step, ScheduledTime time, ScheduleOverlapPolicy overlap, bool manual)
    {
        var schedule = step.Run.Schedule!;
        if (schedule.Starts.Count >= MaxAtOnce)
        {
            schedule.Info.BufferDropped++;
            return;
        }

        schedule.Starts.Add(new ScheduledStart
        {
            Nominal = time.Nominal,
            Due = time.Due,
            Overlap = overlap == ScheduleOverlapPolicy.Unspecified ? schedule.Definition.Policies.OverlapPolicy : overlap,
            Manual = manual,
            RequestId = step.Engine.Ids.NewId(),
        });
    }

    /// <summary>Starts what may start now; what else waits, waits by its policy.</summary>
    public static void Drain(RunStep step)
    {
        var schedule = step.Run.Schedule!;
        var busy = schedule.Info.RunningWorkflows.Count > 0 || schedule.Starts.Any(s => s.Sent && s.Overlap != ScheduleOverlapPolicy.AllowAll);
        List<ScheduledStart> kept = [];
        foreach (var start in schedule.Starts)
        {
            if (start.Sent)
            {
                kept.Add(start);
            }
            else if (start.Overlap == ScheduleOverlapPolicy.AllowAll)
            {
                // One at a time, so that they begin in the order of their times.
                if (kept.Any(s => s.Sent) || schedule.Starts.Any(s => s.Sent))
                {
                    kept.Add(start);
                }
                else
                {
                    Send(step, start, kept);
                }
            }
            else if (!busy)
            {
                busy = Send(step, start, kept);
            }
            else
            {
                Wait(step, start, kept);
            }
        }

        schedule.Starts.Clear();
        schedule.Starts.AddRange(kept);
        schedule.Info.BufferSize = kept.Count(s => !s.Sent);
        step.Touch();
    }

    /// <summary>Lets the times pass for which a schedule slept that may not act.</summary>
    public static void Pass(RunStep step)
    {
        var schedule = step.Run.Schedule!;
        if (!MayAct(schedule) && step.Now > schedule.Processed)
        {
            schedule.Processed = step.Now;
        }
    }

    private static bool MayAct(ScheduleState schedule)
    {
        var state = schedule.Definition.State;
        return !state.Paused && (!state.LimitedActions || state.RemainingActions > 0);
    }

    // False if no action is left for it.
    private static bool Send(RunStep step, ScheduledStart start, List<ScheduledStart> kept)
    {
        var state = step.Run.Schedule!.Definition.State;
        if (!start.Manual && state.LimitedActions)
        {
            if (state.RemainingActions == 0)
            {
                return false;
            }

            state.RemainingActions--;
        }

        start.Sent = true;
        kept.Add(start);
        ScheduleStarts.Send(step, start);
        return true;
    }

    private static void Wait(RunStep step, ScheduledStart start, List<ScheduledStart> kept)
    {
        var info = step.Run.Schedule!.Info;
        switch (start.Overlap)
        {
            case ScheduleOverlapPolicy.BufferAll:
                kept.Add(start);
                break;
            case ScheduleOverlapPolicy.BufferOne when !kept.Any(s => !s.Sent):
                kept.Add(start);
                break;
            case ScheduleOverlapPolicy.CancelOther or ScheduleOverlapPolicy.TerminateOther:
                info.OverlapSkipped += kept.RemoveAll(s => !s.Sent);
                kept.Add(start);
                foreach (var running in info.RunningWorkflows)
                {
                    ScheduleStarts.Stop(step, running, start.Overlap);
                }

                break;
            default:
                info.OverlapSkipped++;
                break;
        }
    }
}
