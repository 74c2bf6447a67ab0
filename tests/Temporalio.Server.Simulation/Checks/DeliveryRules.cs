using Temporalio.Api.History.V1;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Checks;

/// <summary>What one workflow has been told of its signal or cancellation for another one is true there.</summary>
internal static class DeliveryRules
{
    /// <summary>The rule that the sender's event breaks.</summary>
    public static string? Check(Ledger ledger, WorkflowKey sender, HistoryEvent e)
    {
        if (e.ExternalWorkflowExecutionSignaledEventAttributes is { } signaled)
        {
            var initiated = Initiated(ledger, sender, e, signaled.InitiatedEventId);
            var name = initiated.Event.SignalExternalWorkflowExecutionInitiatedEventAttributes.SignalName;
            var target = sender with { WorkflowId = signaled.WorkflowExecution.WorkflowId };
            var times = ledger.Of(target).ToList().ConvertAll(r => ledger.Durable(target, r.RunId).Count(d =>
                d.WorkflowExecutionSignaledEventAttributes is { } s && s.SignalName == name && s.ExternalWorkflowExecution?.RunId == initiated.RunId));
            // A reset copies what it goes back to.
            return times.Count > 0 && times.Max() == 1 ? null : $"its signal {name} to {target.WorkflowId} has come, and is there {string.Join(" + ", times)} times";
        }

        if (e.ExternalWorkflowExecutionCancelRequestedEventAttributes is { } requested)
        {
            var target = sender with { WorkflowId = requested.WorkflowExecution.WorkflowId };
            var come = ledger.Of(target).Any(r => ledger.Durable(target, r.RunId).Any(d => d.WorkflowExecutionCancelRequestedEventAttributes is not null));
            return come || ledger.HasEnded(target) ? null : $"its cancellation of {target.WorkflowId} has come, and is not there";
        }

        return null;
    }

    private static (HistoryEvent Event, string RunId) Initiated(Ledger ledger, WorkflowKey sender, HistoryEvent e, long initiated)
    {
        var (runId, history) = ledger.Of(sender).Single(r => r.History.Events.Contains(e));
        return (history.Events[(int)initiated - 1], runId);
    }
}
