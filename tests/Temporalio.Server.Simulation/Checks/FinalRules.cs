using Temporalio.Api.Enums.V1;
using Temporalio.Server.Simulation.Load;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Checks;

/// <summary>What must be true once everything has ended.</summary>
internal static class FinalRules
{
    public static void Check(Ledger ledger, IReadOnlyDictionary<string, Script> scripts, IEnumerable<Client> clients)
    {
        foreach (var (id, script) in scripts)
        {
            var workflow = new WorkflowKey(WorkflowWorker.Namespace, id);
            var runs = ledger.Of(workflow).ToList();
            ledger.Check(runs.Count == 1, $"{id}: one start led to {runs.Count} runs");
            foreach (var (runId, history) in runs)
            {
                CheckRun(ledger, $"{id}/{runId}", script, history);
            }
        }

        foreach (var client in clients)
        {
            foreach (var signal in client.Signalled)
            {
                var times = ledger.Of(client.Workflow).Sum(r => r.History.Events.Count(e =>
                    e.WorkflowExecutionSignaledEventAttributes is { } s && ScriptedWorkflow.Text(s.Input) == signal));
                ledger.Check(times == 1, $"{client.Workflow.WorkflowId}: signal {signal} was acknowledged and is there {times} times");
            }
        }
    }

    private static void CheckRun(Ledger ledger, string run, Script script, HistoryModel history)
    {
        ledger.Check(history.CloseType == EventType.WorkflowExecutionCompleted, $"{run} ended with {history.CloseType}");
        ledger.Check(history.Signals == script.Signals, $"{run} had {history.Signals} signals, {script.Signals} were sent");
        var steps = script.Stages.SelectMany(s => s).ToDictionary(s => s.Id);
        foreach (var e in history.Events)
        {
            var scheduled = Activities.ClosedBy(e);
            if (scheduled == 0)
            {
                continue;
            }

            var plan = ((ActivityStep)steps[history.Events[(int)scheduled - 1].ActivityTaskScheduledEventAttributes.ActivityId]).Plan;
            ledger.Check(plan.CanSucceed || e.EventType != EventType.ActivityTaskCompleted, $"{run}: event {e.EventId} completes an activity whose every attempt fails");
            ledger.Check(
                plan.Failures > 0 || e.EventType != EventType.ActivityTaskFailed, $"{run}: event {e.EventId} fails an activity of which no attempt fails");
        }

        var begun = history.Events.Count(e => e.EventType is EventType.ActivityTaskScheduled or EventType.TimerStarted);
        var wanted = steps.Values.Count(s => s is not SignalsStep);
        ledger.Check(begun == wanted, $"{run} began {begun} activities and timers, its script has {wanted}");
    }
}
