using Temporalio.Converters;
using ProtoSchedule = Temporalio.Api.Schedule.V1.Schedule;

namespace Temporalio.Client.Schedules;

/// <summary>What is done when, and how.</summary>
public record Schedule(ScheduleAction Action, ScheduleSpec Spec)
{
    public SchedulePolicy Policy { get; init; } = new();

    public ScheduleState State { get; init; } = new();

    internal static Schedule FromProto(ProtoSchedule proto, string clientNamespace, DataConverter converter) =>
        new(ScheduleAction.FromProto(proto.Action, clientNamespace, converter), ScheduleSpec.FromProto(proto.Spec))
        {
            Policy = SchedulePolicy.FromProto(proto.Policies),
            State = ScheduleState.FromProto(proto.State),
        };

    internal async Task<ProtoSchedule> ToProtoAsync(string clientNamespace, DataConverter converter) => new()
    {
        Action = await Action.ToProtoAsync(clientNamespace, converter).ConfigureAwait(false),
        Spec = Spec.ToProto(),
        Policies = Policy.ToProto(),
        State = State.ToProto(),
    };
}
