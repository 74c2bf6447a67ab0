using Google.Protobuf.WellKnownTypes;
using ProtoSpec = Temporalio.Api.Schedule.V1.ScheduleSpec;

namespace Temporalio.Client.Schedules;

/// <summary>When actions are due: the union of calendars, intervals and cron expressions, less what is skipped.</summary>
public record ScheduleSpec
{
    public IReadOnlyCollection<ScheduleCalendarSpec> Calendars { get; init; } = [];

    public IReadOnlyCollection<ScheduleIntervalSpec> Intervals { get; init; } = [];

    /// <summary>The server turns them into calendars and intervals, and answers those.</summary>
    public IReadOnlyCollection<string> CronExpressions { get; init; } = [];

    public IReadOnlyCollection<ScheduleCalendarSpec> Skip { get; init; } = [];

    /// <summary>Nothing is due before.</summary>
    public DateTime? StartAt { get; init; }

    /// <summary>Nothing is due after.</summary>
    public DateTime? EndAt { get; init; }

    /// <summary>Upper bound of the random delay of each action.</summary>
    public TimeSpan? Jitter { get; init; }

    /// <summary>IANA name. Default: UTC.</summary>
    public string? TimeZoneName { get; init; }

    internal static ScheduleSpec FromProto(ProtoSpec? proto) => proto is null
        ? new()
        : new()
        {
            Calendars = [.. proto.StructuredCalendar.Select(ScheduleCalendarSpec.FromProto)],
            Intervals = [.. proto.Interval.Select(ScheduleIntervalSpec.FromProto)],
            CronExpressions = [.. proto.CronString],
            Skip = [.. proto.ExcludeStructuredCalendar.Select(ScheduleCalendarSpec.FromProto)],
            StartAt = proto.StartTime?.ToDateTime(),
            EndAt = proto.EndTime?.ToDateTime(),
            Jitter = proto.Jitter?.ToTimeSpan(),
            TimeZoneName = proto.TimezoneName.Length == 0 ? null : proto.TimezoneName,
        };

    internal ProtoSpec ToProto() => new()
    {
        StructuredCalendar = { Calendars.Select(c => c.ToProto()) },
        Interval = { Intervals.Select(i => i.ToProto()) },
        CronString = { CronExpressions },
        ExcludeStructuredCalendar = { Skip.Select(c => c.ToProto()) },
        StartTime = ScheduleTime.ToProto(StartAt),
        EndTime = ScheduleTime.ToProto(EndAt),
        Jitter = Jitter is { } jitter ? Duration.FromTimeSpan(jitter) : null,
        TimezoneName = TimeZoneName ?? "",
    };
}
