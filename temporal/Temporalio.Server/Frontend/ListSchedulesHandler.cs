using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

internal sealed class ListSchedulesHandler(Engine engine)
{
    private const int FutureTimes = 5;
    private const int RecentActions = 5;

    public async ValueTask<ListSchedulesResponse> HandleAsync(ListSchedulesRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        var found = await ScheduleLists.FindAsync(engine, request.Namespace, request.Query);
        var (page, next) = VisibilityLists.Page(found, request.MaximumPageSize, request.NextPageToken);
        var response = new ListSchedulesResponse { NextPageToken = next };
        response.Schedules.AddRange(page.Select(Entry));
        return response;
    }

    private ScheduleListEntry Entry(VisibilityRecord record)
    {
        var schedule = record.Schedule!;
        var info = ScheduleRequests.InfoOf(schedule, engine.Time.GetUtcNow(), FutureTimes);
        var listed = new ScheduleListInfo
        {
            Spec = schedule.Definition.Spec,
            WorkflowType = schedule.Definition.Action?.StartWorkflow?.WorkflowType,
            Notes = schedule.Definition.State.Notes,
            Paused = schedule.Definition.State.Paused,
        };
        listed.RecentActions.AddRange(info.RecentActions.Skip(Math.Max(0, info.RecentActions.Count - RecentActions)));
        listed.FutureActionTimes.AddRange(info.FutureActionTimes);
        var shown = record.ToInfo();
        shown.SearchAttributes.IndexedFields.Remove("TemporalNamespaceDivision");
        shown.SearchAttributes.IndexedFields.Remove("TemporalSchedulePaused");
        return new ScheduleListEntry { ScheduleId = schedule.ScheduleId, Memo = shown.Memo, SearchAttributes = shown.SearchAttributes.IndexedFields.Count > 0 ? shown.SearchAttributes : null, Info = listed };
    }
}
