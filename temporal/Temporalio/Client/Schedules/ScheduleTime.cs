using Google.Protobuf.WellKnownTypes;

namespace Temporalio.Client.Schedules;

internal static class ScheduleTime
{
    internal static Timestamp? ToProto(DateTime? time) => time is { } value ? ToProto(value) : null;

    internal static Timestamp ToProto(DateTime time) => Timestamp.FromDateTime(time.ToUniversalTime());
}
