using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

internal sealed class ListScheduleMatchingTimesHandler(Engine engine)
{
    private const int MaxTimes = 1000;

    public async ValueTask<ListScheduleMatchingTimesResponse> HandleAsync(ListScheduleMatchingTimesRequest request, RpcContext context)
    {
        var key = ScheduleRequests.Key(engine, request.Namespace, request.ScheduleId);
        return await engine.Actors.CallAsync(key, "", actor =>
        {
            var times = ScheduleRequests.Require(actor).Run.Schedule!.Times;
            var response = new ListScheduleMatchingTimesResponse();
            if (request.StartTime is null || request.EndTime is null)
            {
                return response;
            }

            var end = request.EndTime.ToDateTimeOffset();
            for (var next = times.Next(request.StartTime.ToDateTimeOffset());
                next is { } time && time.Nominal <= end && response.StartTime.Count < MaxTimes;
                next = times.Next(time.Nominal))
            {
                response.StartTime.Add(time.Due.ToProto());
            }

            return response;
        });
    }
}
