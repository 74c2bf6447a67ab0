using Temporalio.Api.Schedule.V1;

namespace Temporalio.Client.Schedules;

/// <summary>Due when every field matches. By default: every day at midnight.</summary>
public record ScheduleCalendarSpec
{
    /// <summary>0.</summary>
    public static readonly IReadOnlyCollection<ScheduleRange> Beginning = [ScheduleRange.Zero];

    /// <summary>1 to 31.</summary>
    public static readonly IReadOnlyCollection<ScheduleRange> AllMonthDays = [new(1, 31)];

    /// <summary>1 to 12.</summary>
    public static readonly IReadOnlyCollection<ScheduleRange> AllMonths = [new(1, 12)];

    /// <summary>0 (Sunday) to 6.</summary>
    public static readonly IReadOnlyCollection<ScheduleRange> AllWeekDays = [new(0, 6)];

    /// <summary>0 to 59. Default: 0.</summary>
    public IReadOnlyCollection<ScheduleRange> Second { get; init; } = Beginning;

    /// <summary>0 to 59. Default: 0.</summary>
    public IReadOnlyCollection<ScheduleRange> Minute { get; init; } = Beginning;

    /// <summary>0 to 23. Default: 0.</summary>
    public IReadOnlyCollection<ScheduleRange> Hour { get; init; } = Beginning;

    /// <summary>1 to 31. Default: all.</summary>
    public IReadOnlyCollection<ScheduleRange> DayOfMonth { get; init; } = AllMonthDays;

    /// <summary>1 to 12. Default: all.</summary>
    public IReadOnlyCollection<ScheduleRange> Month { get; init; } = AllMonths;

    /// <summary>Empty, the default, means all.</summary>
    public IReadOnlyCollection<ScheduleRange> Year { get; init; } = [];

    /// <summary>0 (Sunday) to 6. Default: all.</summary>
    public IReadOnlyCollection<ScheduleRange> DayOfWeek { get; init; } = AllWeekDays;

    public string? Comment { get; init; }

    internal static ScheduleCalendarSpec FromProto(StructuredCalendarSpec proto) => new()
    {
        Second = [.. proto.Second.Select(ScheduleRange.FromProto)],
        Minute = [.. proto.Minute.Select(ScheduleRange.FromProto)],
        Hour = [.. proto.Hour.Select(ScheduleRange.FromProto)],
        DayOfMonth = [.. proto.DayOfMonth.Select(ScheduleRange.FromProto)],
        Month = [.. proto.Month.Select(ScheduleRange.FromProto)],
        Year = [.. proto.Year.Select(ScheduleRange.FromProto)],
        DayOfWeek = [.. proto.DayOfWeek.Select(ScheduleRange.FromProto)],
        Comment = proto.Comment.Length == 0 ? null : proto.Comment,
    };

    internal StructuredCalendarSpec ToProto() => new()
    {
        Second = { Second.Select(r => r.ToProto()) },
        Minute = { Minute.Select(r => r.ToProto()) },
        Hour = { Hour.Select(r => r.ToProto()) },
        DayOfMonth = { DayOfMonth.Select(r => r.ToProto()) },
        Month = { Month.Select(r => r.ToProto()) },
        Year = { Year.Select(r => r.ToProto()) },
        DayOfWeek = { DayOfWeek.Select(r => r.ToProto()) },
        Comment = Comment ?? "",
    };
}
