using Google.Protobuf.WellKnownTypes;

namespace Temporalio.Server.Execution.State;

/// <summary>Protobuf's times and durations as .NET's. An absent or zero duration means "none" wherever the protocol has a time-out.</summary>
internal static class ProtoTime
{
    // Durations of the protocol reach further than TimeSpan; beyond a thousand years nothing distinguishes them.
    private static readonly long s_maxSeconds = (long)TimeSpan.FromDays(365_000).TotalSeconds;

    public static Timestamp ToProto(this DateTimeOffset value) => Timestamp.FromDateTimeOffset(value);

    public static Duration ToProto(this TimeSpan value) => Duration.FromTimeSpan(value);

    public static TimeSpan ToSpan(this Duration? value) =>
        value is null ? TimeSpan.Zero : new TimeSpan((Math.Clamp(value.Seconds, -s_maxSeconds, s_maxSeconds) * TimeSpan.TicksPerSecond) + (value.Nanos / 100));

    public static bool IsSet(this Duration? value) => value is not null && (value.Seconds > 0 || (value.Seconds == 0 && value.Nanos > 0));
}
