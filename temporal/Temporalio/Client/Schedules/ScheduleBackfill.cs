using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;

namespace Temporalio.Client.Schedules;

/// <summary>A time in the past to go over again, as if it passed now.</summary>
public record ScheduleBackfill(
    DateTime StartAt, DateTime EndAt, ScheduleOverlapPolicy Overlap = ScheduleOverlapPolicy.Unspecified)
{
    internal BackfillRequest ToProto() => new()
    {
        StartTime = ScheduleTime.ToProto(StartAt),
        EndTime = ScheduleTime.ToProto(EndAt),
        OverlapPolicy = Overlap,
    };
}
