using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Schedules;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

internal sealed class UpdateScheduleHandler(Engine engine)
{
    public async ValueTask<UpdateScheduleResponse> HandleAsync(UpdateScheduleRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        if (request.Schedule?.Action?.StartWorkflow is null)
        {
            throw Faults.Invalid("Only StartWorkflow action is supported for schedules");
        }

        var definition = ScheduleRequests.Canonical(engine, request.Namespace, request.Schedule);
        var key = ScheduleRequests.Key(engine, request.Namespace, request.ScheduleId);
        if (request.Memo is not null)
        {
            throw new RpcFault(RpcStatusCode.FailedPrecondition, "memo updates are not supported on workflow-backed schedules");
        }

        if (SearchAttributeCheck.Problem(engine.SearchAttributes, request.Namespace, request.SearchAttributes) is { } problem)
        {
            throw Faults.Invalid(problem);
        }

        return await engine.Actors.CallAsync(key, "", actor =>
        {
            var step = ScheduleRequests.RequireForChange(actor);
            if (!request.ConflictToken.IsEmpty && request.ConflictToken != ScheduleRequests.Token(step.Run.Schedule!))
            {
                // Based on what was: ignored without a word, as recorded.
                return new UpdateScheduleResponse();
            }

            if (request.SearchAttributes is not null)
            {
                var attributes = SearchAttributeCheck.Typed(engine.SearchAttributes, request.Namespace, request.SearchAttributes)!;
                attributes.IndexedFields["TemporalNamespaceDivision"] = SearchAttributeValues.Of(ScheduleRequests.Division, IndexedValueType.Keyword);
                step.Run.Info.SearchAttributes = attributes;
            }

            ScheduleChanges.Update(step, definition);
            return new UpdateScheduleResponse();
        });
    }
}
