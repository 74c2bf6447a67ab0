using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;

namespace Temporalio.Client.Schedules;

/// <summary>How a schedule behaves.</summary>
public record SchedulePolicy
{
    /// <summary>What happens when an action is due while the last one runs. Default: it is skipped.</summary>
    public ScheduleOverlapPolicy Overlap { get; init; } = ScheduleOverlapPolicy.Skip;

    /// <summary>How late an action missed by an outage is still taken. Default: 365 days; at least 10 s.</summary>
    public TimeSpan CatchupWindow { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Pause when an action fails or times out.</summary>
    public bool PauseOnFailure { get; init; }

    internal static SchedulePolicy FromProto(SchedulePolicies? proto) => proto is null
        ? new()
        : new()
        {
            Overlap = proto.OverlapPolicy,
            CatchupWindow = proto.CatchupWindow?.ToTimeSpan() ?? TimeSpan.Zero,
            PauseOnFailure = proto.PauseOnFailure,
        };

    internal SchedulePolicies ToProto() => new()
    {
        OverlapPolicy = Overlap,
        CatchupWindow = Duration.FromTimeSpan(CatchupWindow),
        PauseOnFailure = PauseOnFailure,
    };
}
