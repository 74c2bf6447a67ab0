using ProtoRange = Temporalio.Api.Schedule.V1.Range;

namespace Temporalio.Client.Schedules;

/// <summary>From start to end inclusive in steps. An end below the start means the start, a step of 0 means 1.</summary>
public record ScheduleRange(int Start, int End, int Step)
{
    public static readonly ScheduleRange Zero = new(0);

    public ScheduleRange(int start)
        : this(start, 0)
    {
    }

    public ScheduleRange(int start, int end)
        : this(start, end, 0)
    {
    }

    internal static ScheduleRange FromProto(ProtoRange proto) => new(proto.Start, proto.End, proto.Step);

    internal ProtoRange ToProto() => new() { Start = Start, End = End, Step = Step };
}
