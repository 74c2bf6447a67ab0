using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Schedules;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>
/// Schedules as Temporal's, in the namespace of the tasks. A run that is due while the last one is still being begun waits for it, others that come meanwhile
/// are left out: so a crash in the middle of a fire does not cost the next one, and a long absence is made up for by two runs at most.
/// </summary>
internal sealed class TemporalSchedules(ITemporalClient client) : IScheduleEngine
{
    // Longer ones never fire in anybody's life, and their times leave the calendar.
    private const long LongestInterval = 100L * 366 * 24 * 3600;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    public async Task PutAsync(RunScheduleRow schedule, CancellationToken cancellationToken)
    {
        var wanted = ScheduleOf(schedule);
        try
        {
            // A new one is most likely not there, an old one most likely is.
            if (schedule.Version > 1 && await TryUpdateAsync(schedule.Id, wanted, cancellationToken))
            {
                return;
            }

            try
            {
                await client.CreateScheduleAsync(FireNames.Prefix(schedule.Id), wanted, new ScheduleOptions { Rpc = Rpc(cancellationToken) });
            }
            catch (ScheduleAlreadyRunningException)
            {
                await TryUpdateAsync(schedule.Id, wanted, cancellationToken);
            }
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.InvalidArgument)
        {
            throw new ScheduleRefusedException(e.Message, e);
        }
    }

    public async Task RemoveAsync(string scheduleId, CancellationToken cancellationToken)
    {
        try
        {
            await HandleOf(scheduleId).DeleteAsync(Rpc(cancellationToken));
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            // It is gone already, or never was.
        }
    }

    public async Task<EngineSchedule?> LookAsync(string scheduleId, CancellationToken cancellationToken)
    {
        try
        {
            var description = await HandleOf(scheduleId).DescribeAsync(Rpc(cancellationToken));
            return new EngineSchedule(
                await VersionOfAsync(description.Schedule.Action),
                [.. description.Info.NextActionTimes.Select(time => new DateTimeOffset(time, TimeSpan.Zero))],
                description.Info.NumActions,
                description.Info.RecentActions.Count > 0 ? new DateTimeOffset(description.Info.RecentActions.Max(action => action.StartedAt), TimeSpan.Zero) : null);
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return null;
        }
    }

    public Task StartAsync(RunScheduleRow schedule, string fireId, DateTimeOffset at, CancellationToken cancellationToken) => client.StartWorkflowAsync(
        ScheduledRun.Name,
        [new ScheduledRunInput(schedule.Id, schedule.Version) { ByHandAt = at }],
        new WorkflowOptions(fireId, ScheduledRun.TaskQueue) { Rpc = Rpc(cancellationToken) });

    private static Schedule ScheduleOf(RunScheduleRow row)
    {
        if (row.IntervalSeconds > LongestInterval)
        {
            throw new ScheduleRefusedException("Invalid schedule spec: interval is too long");
        }

        var action = ScheduleActionStartWorkflow.Create(
            ScheduledRun.Name, [new ScheduledRunInput(row.Id, row.Version)], new WorkflowOptions(FireNames.RunPrefix(row.Id), ScheduledRun.TaskQueue));
        var spec = new ScheduleSpec
        {
            CronExpressions = row.CronExpression is { } cron ? [cron] : [],
            Intervals = row.IntervalSeconds is { } seconds ? [new ScheduleIntervalSpec(TimeSpan.FromSeconds(seconds))] : [],
            Skip = [.. row.Skipped.Select(time => SecondOf(time, row.CronExpression is null ? "UTC" : row.Timezone))],
            StartAt = row.StartAt?.UtcDateTime,
            EndAt = row.EndAt?.UtcDateTime,
            // Intervals know no zone, and one that is none does not matter to them.
            TimeZoneName = row.CronExpression is null ? null : row.Timezone,
        };
        return new Schedule(action, spec)
        {
            Policy = new SchedulePolicy { Overlap = ScheduleOverlapPolicy.BufferOne },
            State = new ScheduleState { Paused = row.Paused, Note = row.Note },
        };
    }

    // What is left out is said in the zone of the schedule.
    private static ScheduleCalendarSpec SecondOf(DateTimeOffset time, string zone)
    {
        var local = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? TimeZoneInfo.ConvertTime(time, found) : time;
        return new ScheduleCalendarSpec
        {
            Second = [new ScheduleRange(local.Second)],
            Minute = [new ScheduleRange(local.Minute)],
            Hour = [new ScheduleRange(local.Hour)],
            DayOfMonth = [new ScheduleRange(local.Day)],
            Month = [new ScheduleRange(local.Month)],
            Year = [new ScheduleRange(local.Year)],
        };
    }

    private static async Task<long> VersionOfAsync(ScheduleAction action) =>
        action is ScheduleActionStartWorkflow { Args: { Count: > 0 } args } && args.First() is IEncodedRawValue input ? (await input.ToValueAsync<ScheduledRunInput>()).Version : 0;

    private static RpcOptions Rpc(CancellationToken cancellationToken) => new() { Timeout = s_timeout, CancellationToken = cancellationToken };

    private async Task<bool> TryUpdateAsync(string scheduleId, Schedule wanted, CancellationToken cancellationToken)
    {
        try
        {
            await HandleOf(scheduleId).UpdateAsync(_ => new ScheduleUpdate(wanted), Rpc(cancellationToken));
            return true;
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return false;
        }
    }

    private ScheduleHandle HandleOf(string scheduleId) => client.GetScheduleHandle(FireNames.Prefix(scheduleId));
}
