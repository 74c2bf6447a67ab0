using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class UpdateActivityOptionsHandler(Engine engine)
{
    public async ValueTask<UpdateActivityOptionsResponse> HandleAsync(UpdateActivityOptionsRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.Execution);
        var selection = new ActivitySelection(request.MatchAll, request.HasId ? request.Id : null, request.HasType ? request.Type : null);
        Check(request, selection);
        var originals = request.RestoreOriginal ? await OriginalsAsync(workflow, request.Execution.RunId, selection, context.CancellationToken) : [];
        return await engine.Actors.CallAsync(workflow, request.Execution.RunId, actor =>
        {
            var step = actor.Require(request.Execution.RunId);
            var response = new UpdateActivityOptionsResponse();
            foreach (var activity in selection.Of(step))
            {
                var options = request.RestoreOriginal && originals.TryGetValue(activity.ScheduledEventId, out var original) ? original : ActivitySelection.OptionsOf(activity);
                if (!request.RestoreOriginal)
                {
                    request.UpdateMask.Merge(request.ActivityOptions, options, new FieldMask.MergeOptions { ReplaceMessageFields = true, ReplacePrimitiveFields = true });
                    CheckTimeouts(options);
                }

                ActivityOperations.Change(step, activity, options);
                response.ActivityOptions = options;
            }

            return response;
        });
    }

    private static void Check(UpdateActivityOptionsRequest request, ActivitySelection selection)
    {
        if (request.RestoreOriginal)
        {
            if (request.UpdateMask is not null)
            {
                throw Faults.Invalid("Both UpdateMask and RestoreOriginal are provided");
            }
        }
        else if (request.ActivityOptions is null)
        {
            throw Faults.Invalid("ActivityOptions are not provided");
        }
        else if (request.UpdateMask is null)
        {
            throw Faults.Invalid("UpdateMask is not provided");
        }

        selection.Check();
    }

    private static void CheckTimeouts(ActivityOptions options)
    {
        var negative = options.StartToCloseTimeout.ToSpan() < TimeSpan.Zero ? "StartToCloseTimeout"
            : options.ScheduleToCloseTimeout.ToSpan() < TimeSpan.Zero ? "ScheduleToCloseTimeout"
            : options.ScheduleToStartTimeout.ToSpan() < TimeSpan.Zero ? "ScheduleToStartTimeout"
            : options.HeartbeatTimeout.ToSpan() < TimeSpan.Zero ? "HeartbeatTimeout"
            : null;
        if (negative is not null)
        {
            throw Faults.Invalid($"invalid {negative}: negative duration");
        }

        if (RetryPolicies.Check(options.RetryPolicy) is { } policy)
        {
            throw Faults.Invalid(policy);
        }

        Priorities.Check(options.Priority);
    }

    // The options that the workflow asked for are in the history.
    private async Task<Dictionary<long, ActivityOptions>> OriginalsAsync(WorkflowKey workflow, string runId, ActivitySelection selection, CancellationToken cancellationToken)
    {
        var (run, ids) = await engine.Actors.CallAsync(workflow, runId, actor =>
        {
            var step = actor.Require(runId);
            return (step.Run.RunId, selection.Of(step).Select(a => a.ScheduledEventId).ToArray());
        });
        Dictionary<long, ActivityOptions> originals = [];
        foreach (var id in ids)
        {
            HistoryEvent e = await HistoryReader.ReadEventAsync(engine, workflow, run, id, cancellationToken);
            var a = e.ActivityTaskScheduledEventAttributes;
            originals.Add(id, new ActivityOptions
            {
                TaskQueue = new() { Name = a.TaskQueue.Name },
                ScheduleToCloseTimeout = a.ScheduleToCloseTimeout,
                ScheduleToStartTimeout = a.ScheduleToStartTimeout,
                StartToCloseTimeout = a.StartToCloseTimeout,
                HeartbeatTimeout = a.HeartbeatTimeout,
                RetryPolicy = a.RetryPolicy,
                Priority = a.Priority,
            });
        }

        return originals;
    }
}
