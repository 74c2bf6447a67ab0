using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

internal sealed class DescribeScheduleHandler(Engine engine)
{
    private const int FutureTimes = 10;

    public async ValueTask<DescribeScheduleResponse> HandleAsync(DescribeScheduleRequest request, RpcContext context)
    {
        var key = ScheduleRequests.Key(engine, request.Namespace, request.ScheduleId);
        return await engine.Actors.CallAsync(key, "", actor =>
        {
            var step = ScheduleRequests.Require(actor);
            var schedule = step.Run.Schedule!;
            return new DescribeScheduleResponse
            {
                Schedule = schedule.Definition.Clone(),
                Info = ScheduleRequests.InfoOf(schedule, step.Now, FutureTimes),
                Memo = step.Run.Info.Memo?.Clone(),
                SearchAttributes = OwnAttributes(step.Run.Info),
                ConflictToken = ScheduleRequests.Token(schedule),
            };
        });
    }

    /// <summary>The attributes that the schedule's creator has set.</summary>
    public static SearchAttributes? OwnAttributes(RunInfo info)
    {
        var own = info.SearchAttributes?.Clone();
        own?.IndexedFields.Remove("TemporalNamespaceDivision");
        own?.IndexedFields.Remove("TemporalSchedulePaused");
        return own is { IndexedFields.Count: > 0 } ? own : null;
    }
}
