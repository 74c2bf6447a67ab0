using ProtoState = Temporalio.Api.Schedule.V1.ScheduleState;

namespace Temporalio.Client.Schedules;

/// <summary>What changes over a schedule's life.</summary>
public record ScheduleState
{
    /// <summary>For people; the last pause and unpause write it.</summary>
    public string? Note { get; init; }

    public bool Paused { get; init; }

    /// <summary>Whether <see cref="RemainingActions"/> counts.</summary>
    public bool LimitedActions { get; init; }

    public long RemainingActions { get; init; }

    internal static ScheduleState FromProto(ProtoState? proto) => proto is null
        ? new()
        : new()
        {
            Note = proto.Notes.Length == 0 ? null : proto.Notes,
            Paused = proto.Paused,
            LimitedActions = proto.LimitedActions,
            RemainingActions = proto.RemainingActions,
        };

    internal ProtoState ToProto() => LimitedActions && RemainingActions == 0
        ? throw new InvalidOperationException("Remaining actions must be more than 0 if actions are limited")
        : new()
        {
            Notes = Note ?? "",
            Paused = Paused,
            LimitedActions = LimitedActions,
            RemainingActions = RemainingActions,
        };
}
