using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Schedules;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

internal sealed class CreateScheduleHandler(Engine engine)
{
    public async ValueTask<CreateScheduleResponse> HandleAsync(CreateScheduleRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        var key = ScheduleRequests.Key(engine, request.Namespace, request.ScheduleId);
        if (Requests.TooLong(key.WorkflowId))
        {
            throw Requests.IdTooLong(key.WorkflowId);
        }

        if (request.RequestId.Length == 0)
        {
            throw Faults.Invalid("RequestId is not set on request.");
        }

        if (Requests.TooLong(request.RequestId))
        {
            throw Faults.Invalid("RequestId length exceeds limit.");
        }

        var definition = ScheduleRequests.Canonical(engine, request.Namespace, request.Schedule);
        if (SearchAttributeCheck.Problem(engine.SearchAttributes, request.Namespace, request.SearchAttributes) is { } problem)
        {
            throw Faults.Invalid(problem);
        }

        return await engine.Actors.CallAsync(key, "", actor =>
        {
            if (actor.Current is { Run: { IsOpen: true, Schedule: { } existing } info } )
            {
                return info.Info.RequestId == request.RequestId
                    ? new CreateScheduleResponse { ConflictToken = ScheduleRequests.Token(existing) }
                    : throw Faults.AlreadyStarted($"schedule \"{request.ScheduleId}\" is already registered", "", "", "");
            }

            var step = NewRun.Create(actor, new RunSeed { RequestId = request.RequestId, Start = Start(request) });
            var schedule = new ScheduleState { ScheduleId = request.ScheduleId, Definition = definition, Processed = step.Now };
            schedule.Info.CreateTime = step.Now.ToProto();
            step.Run.Schedule = schedule;
            ScheduleChanges.ShowPaused(step);
            ScheduleChanges.Patch(step, request.InitialPatch ?? new());
            return new CreateScheduleResponse { ConflictToken = ScheduleRequests.Token(schedule) };
        });
    }

    private Api.History.V1.WorkflowExecutionStartedEventAttributes Start(CreateScheduleRequest request)
    {
        var attributes = SearchAttributeCheck.Typed(engine.SearchAttributes, request.Namespace, request.SearchAttributes) ?? new SearchAttributes();
        attributes.IndexedFields["TemporalNamespaceDivision"] = SearchAttributeValues.Of(ScheduleRequests.Division, IndexedValueType.Keyword);
        return new()
        {
            WorkflowType = new() { Name = "temporal-sys-scheduler-workflow" },
            TaskQueue = new() { Name = "temporal-sys-per-ns-tq", Kind = TaskQueueKind.Normal },
            Identity = request.Identity,
            Memo = request.Memo,
            SearchAttributes = attributes,
        };
    }
}
