using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Simulation.Load;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Checks;

/// <summary>What must be true once everything has ended.</summary>
internal sealed class FinalRules(Ledger ledger)
{
    public static void Check(Ledger ledger, ScriptBook scripts, IEnumerable<Client> clients)
    {
        var rules = new FinalRules(ledger);
        foreach (var script in scripts.All.Where(s => !s.IsScheduled))
        {
            rules.CheckWorkflow(script);
        }

        foreach (var client in clients)
        {
            rules.CheckClient(client);
        }
    }

    private static WorkflowKey Key(string id) => new(WorkflowWorker.Namespace, id);

    private void CheckWorkflow(Script script)
    {
        var id = script.WorkflowId;
        var runs = ledger.Of(Key(id)).ToList();
        var starts = runs.Count(r => Start(r.History).ContinuedExecutionRunId.Length == 0 && r.History.Reset(r.RunId) is null);
        ledger.Check(script.Parent is not null || starts == 1, $"{id}: one start led to {starts} chains of runs");
        ledger.Check(starts <= 1, $"{id}: {starts} chains of runs");
        foreach (var (runId, history) in runs)
        {
            CheckActivities($"{id}/{runId}", script, history);
        }

        if (script.CronRuns > 0)
        {
            CheckCron(id, runs);
        }

        if (!script.RunsToItsEnd)
        {
            return;
        }

        // What resets have undone does not count.
        runs = ledger.Chain(Key(id));

        var last = runs[^1].History;
        ledger.Check(last.CloseType == EventType.WorkflowExecutionCompleted, $"{id} ended with {last.CloseType}");
        ledger.Check(
            ScriptedWorkflow.Text(last.Events[^1].WorkflowExecutionCompletedEventAttributes?.Result) == $"{script.Signals}",
            $"{id} has the result {last.Events[^1]}, it should have had {script.Signals} signals");
        var attempts = script.FailsFirst ? 2 : 1;
        var begun = runs.Sum(r => r.History.Events.Count(IsBeginning));
        var wanted = attempts * script.Steps.Count(s => s is not SignalsStep);
        ledger.Check(begun == wanted, $"{id} began {begun} activities, timers, children and signals, its script has {wanted}");
        foreach (var child in script.Steps.OfType<ChildStep>())
        {
            CheckChild(id, runs.SelectMany(r => r.History.Events), child);
        }
    }

    // Each run names the next, which waits for its time; only the last one was ended from outside.
    private void CheckCron(string id, List<(string RunId, HistoryModel History)> runs)
    {
        for (var i = 0; i < runs.Count; i++)
        {
            var start = Start(runs[i].History);
            var closing = runs[i].History.Events[^1];
            var next = i + 1 < runs.Count ? runs[i + 1].RunId : "";
            ledger.Check(next.Length == 0 || ledger.SuccessorOf(Key(id), runs[i].RunId) == next, $"{id}/{runs[i].RunId} ended with {closing.EventType} and does not go on in {next}");
            ledger.Check(next.Length > 0 || closing.EventType == EventType.WorkflowExecutionTerminated, $"{id} ended with {closing.EventType}");
            ledger.Check(start.ContinuedExecutionRunId == (i == 0 ? "" : runs[i - 1].RunId), $"{id}/{runs[i].RunId} continues {start.ContinuedExecutionRunId}");
            var due = runs[i].History.Events[0].EventTime.ToDateTimeOffset() + start.FirstWorkflowTaskBackoff.ToTimeSpan();
            var begun = runs[i].History.Events.Find(e => e.WorkflowTaskScheduledEventAttributes is not null)?.EventTime.ToDateTimeOffset() ?? due;
            ledger.Check(
                start.FirstWorkflowTaskBackoff.ToTimeSpan() is { Ticks: > 0 } wait && wait <= TimeSpan.FromSeconds(ScriptedWorkflow.CronSeconds) && begun >= due,
                $"{id}/{runs[i].RunId} was due at {due:O} and began at {begun:O}");
        }
    }

    // What the parent was told of the child's end is how it ended.
    private void CheckChild(string parent, IEnumerable<HistoryEvent> events, ChildStep step)
    {
        var end = events.FirstOrDefault(e => e.ChildWorkflowExecutionCompletedEventAttributes?.WorkflowExecution.WorkflowId == step.WorkflowId);
        var runs = ledger.Of(Key(step.WorkflowId)).ToList();
        ledger.Check(end is not null && runs.Count > 0, $"{parent} has not been told that child {step.WorkflowId} is complete");
        if (end is not null && runs.Count > 0)
        {
            ledger.Check(
                runs[^1].History.CloseType == EventType.WorkflowExecutionCompleted && runs[^1].RunId == end.ChildWorkflowExecutionCompletedEventAttributes.WorkflowExecution.RunId,
                $"{parent} was told {end}, child {step.WorkflowId} ended with {runs[^1].History.CloseType} in {runs[^1].RunId}");
        }
    }

    private void CheckActivities(string run, Script script, HistoryModel history)
    {
        var steps = script.Steps.OfType<ActivityStep>().ToDictionary(s => s.Id);
        foreach (var e in history.Events)
        {
            if (Endings.OfActivity(e) is > 0 and var scheduled)
            {
                var plan = steps[history.Events[(int)scheduled - 1].ActivityTaskScheduledEventAttributes.ActivityId].Plan;
                ledger.Check(plan.CanSucceed || e.EventType != EventType.ActivityTaskCompleted, $"{run}: event {e.EventId} completes an activity whose every attempt fails");
                ledger.Check(plan.Failures > 0 || e.EventType != EventType.ActivityTaskFailed, $"{run}: event {e.EventId} fails an activity of which no attempt fails");
            }
        }
    }

    // One request is one signal in a run; a repetition may reach the next run, which does not know the earlier one's requests.
    private void CheckClient(Client client)
    {
        foreach (var signal in client.Signalled)
        {
            CheckTimes(client.Workflow, $"signal {signal}", e => e.WorkflowExecutionSignaledEventAttributes is { } s && ScriptedWorkflow.Text(s.Input) == signal);
        }

        foreach (var update in client.Updated)
        {
            CheckTimes(client.Workflow, update, e => e.WorkflowExecutionUpdateCompletedEventAttributes?.Meta.UpdateId == update);
        }
    }

    private void CheckTimes(WorkflowKey workflow, string what, Func<HistoryEvent, bool> isIt)
    {
        var times = ledger.Of(workflow).Select(r => r.History.Events.Count(isIt)).ToList();
        ledger.Check(times.Sum() > 0 && times.Max() <= 1, $"{workflow.WorkflowId}: {what} was acknowledged and is there {string.Join(" + ", times)} times");
    }

    private static bool IsBeginning(HistoryEvent e) => e.EventType is
        EventType.ActivityTaskScheduled or EventType.TimerStarted or EventType.StartChildWorkflowExecutionInitiated or EventType.SignalExternalWorkflowExecutionInitiated or
        EventType.RequestCancelExternalWorkflowExecutionInitiated;

    private static WorkflowExecutionStartedEventAttributes Start(HistoryModel history) => history.Events[0].WorkflowExecutionStartedEventAttributes;
}
