using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Updates;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

/// <summary>Waits for updates and says what became of them.</summary>
internal static class UpdateAnswers
{
    /// <summary>The update when it has reached the stage, or as it stands when the time is up.</summary>
    public static async ValueTask<UpdateView> WaitAsync(Engine engine, WorkflowKey workflow, string runId, (UpdateView? View, UpdateWaiter? Waiter) found, RpcContext context)
    {
        if (found.Waiter is not { } waiter)
        {
            return await WithOutcomeAsync(engine, workflow, found.View!, context);
        }

        var patience = Requests.Patience(engine, context, engine.Options.LongPollTimeout);
        return await LongPolls.CompletesAsync(engine, waiter.Reached, patience, context.CancellationToken)
            ? await WithOutcomeAsync(engine, workflow, await waiter.Reached, context)
            : new UpdateView(runId, UpdateStatus.Admitted, null, 0, 0);
    }

    public static UpdateRef Reference(WorkflowKey workflow, UpdateView view, string updateId) =>
        new() { WorkflowExecution = new() { WorkflowId = workflow.WorkflowId, RunId = view.RunId }, UpdateId = updateId };

    public static UpdateWorkflowExecutionLifecycleStage Stage(UpdateView view) => view.Status switch
    {
        UpdateStatus.Completed => UpdateWorkflowExecutionLifecycleStage.Completed,
        UpdateStatus.Accepted => UpdateWorkflowExecutionLifecycleStage.Accepted,
        _ => UpdateWorkflowExecutionLifecycleStage.Admitted,
    };

    public static Link LinkTo(WorkflowKey workflow, UpdateView view) => view.Outcome?.Failure is not null
        ? new() { Workflow = new() { Namespace = workflow.Namespace, WorkflowId = workflow.WorkflowId, RunId = view.RunId, Reason = "Update rejected" } }
        : new()
        {
            WorkflowEvent = new()
            {
                Namespace = workflow.Namespace, WorkflowId = workflow.WorkflowId, RunId = view.RunId,
                RequestIdRef = new() { EventType = EventType.WorkflowExecutionUpdateAccepted },
            },
        };

    private static async ValueTask<UpdateView> WithOutcomeAsync(Engine engine, WorkflowKey workflow, UpdateView view, RpcContext context)
    {
        if (view.Outcome is not null || view.CompletedEventId == 0)
        {
            return view;
        }

        var e = await HistoryReader.ReadEventAsync(engine, workflow, view.RunId, view.CompletedEventId, context.CancellationToken);
        return view with { Outcome = e.WorkflowExecutionUpdateCompletedEventAttributes.Outcome };
    }
}
