using Temporalio.Api.History.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Simulation.Storage;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Checks;

/// <summary>Every run as the disk has it, kept up with each commit, and what outsiders have been told about it.</summary>
internal sealed class Ledger
{
    private readonly Simulator _simulator;
    private readonly SimulatedDisk _disk;
    private readonly Dictionary<(WorkflowKey Workflow, string RunId), HistoryModel> _runs = [];

    public Ledger(Simulator simulator, SimulatedDisk disk)
    {
        (_simulator, _disk) = (simulator, disk);
        disk.Committed = OnCommitted;
    }

    /// <summary>Further rules that every commit has to keep; a broken one is said in words.</summary>
    public List<Func<string?>> Rules { get; } = [];

    public int Events { get; private set; }

    public IEnumerable<(WorkflowKey Workflow, string RunId, HistoryModel History)> Runs => _runs.Select(r => (r.Key.Workflow, r.Key.RunId, r.Value));

    public HistoryModel? Find(WorkflowKey workflow, string runId) => _runs.GetValueOrDefault((workflow, runId));

    public IEnumerable<(string RunId, HistoryModel History)> Of(WorkflowKey workflow) => _runs.Where(r => r.Key.Workflow == workflow).Select(r => (r.Key.RunId, r.Value));

    /// <summary>The workflow id's current run and those that it continues, the first one first.</summary>
    public List<(string RunId, HistoryModel History)> Chain(WorkflowKey workflow)
    {
        List<(string RunId, HistoryModel History)> chain = [];
        for (var runId = _disk.Load(workflow, "")?.RunId; runId is { Length: > 0 };)
        {
            var history = Find(workflow, runId)!;
            chain.Insert(0, (runId, history));
            runId = history.Events[0].WorkflowExecutionStartedEventAttributes.ContinuedExecutionRunId;
        }

        return chain;
    }

    /// <summary>True once the workflow id's current run is closed: a run that goes on in another one is not the current one.</summary>
    public bool HasEnded(WorkflowKey workflow) => _disk.Load(workflow, "") is { } current && Find(workflow, current.RunId)!.IsClosed;

    /// <summary>The run that this event closed; empty if there is none on disk. A reader of ends is told of new runs in other words than the history.</summary>
    public string RunClosedBy(WorkflowKey workflow, HistoryEvent closing) => Of(workflow).FirstOrDefault(r =>
        r.History.IsClosed && r.History.Events[^1] is var last && (last.Equals(closing) || (SuccessorOf(last).Length > 0 && SuccessorOf(last) == SuccessorOf(closing)))).RunId ?? "";

    /// <summary>The run that the closed one went on in; empty if it was the last.</summary>
    public string SuccessorOf(WorkflowKey workflow, string runId) => SuccessorOf(Find(workflow, runId)!.Events[^1]);

    /// <summary>The run's events on disk and, after them, what its state on disk has buffered.</summary>
    public IEnumerable<HistoryEvent> Durable(WorkflowKey workflow, string runId)
    {
        foreach (var e in Find(workflow, runId)?.Events ?? [])
        {
            yield return e;
        }

        if (_disk.Load(workflow, runId) is { } stored)
        {
            foreach (var e in Run.Load(stored).Buffer.Events)
            {
                yield return e;
            }
        }
    }

    /// <summary>An outsider was told something that only a durable event makes true.</summary>
    public void Require(WorkflowKey workflow, string? runId, string what, Func<HistoryEvent, bool> evidence)
    {
        var runs = runId is null ? Of(workflow).Select(r => r.RunId).ToList() : [runId];
        if (!runs.Any(r => Durable(workflow, r).Any(evidence)))
        {
            _simulator.Fail($"{workflow.WorkflowId}: {what} was acknowledged and is not on disk");
        }
    }

    /// <summary>An outsider was shown these events: the disk must have them, and the same.</summary>
    public void RequireShown(WorkflowKey workflow, string runId, IEnumerable<HistoryEvent> shown, long before)
    {
        var durable = Find(workflow, runId)?.Events ?? [];
        foreach (var e in shown)
        {
            if (e.EventId < before && (e.EventId > durable.Count || !IsSame(durable[(int)e.EventId - 1], e)))
            {
                _simulator.Fail($"{workflow.WorkflowId}/{runId}: event {e.EventId} ({e.EventType}) was shown and is not on disk like that");
                return;
            }
        }
    }

    /// <summary>The completion of a workflow task was acknowledged: each of its commands is an event.</summary>
    public void RequireCommands(WorkflowKey workflow, string runId, long startedEventId, int commands)
    {
        var events = Find(workflow, runId)?.Events ?? [];
        var completed = events.Find(e => e.WorkflowTaskCompletedEventAttributes?.StartedEventId == startedEventId)?.EventId ?? 0;
        var made = completed == 0 ? -1 : events.Count(e => CompletedTaskOf(e) == completed);
        Check(made == commands, $"{workflow.WorkflowId}/{runId}: the answer to the task started in {startedEventId} had {commands} commands, {made} events follow from it");
    }

    public void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            _simulator.Fail(otherwise);
        }
    }

    private static string SuccessorOf(HistoryEvent closing) =>
        closing.WorkflowExecutionContinuedAsNewEventAttributes?.NewExecutionRunId ?? closing.WorkflowExecutionFailedEventAttributes?.NewExecutionRunId ??
        closing.WorkflowExecutionTimedOutEventAttributes?.NewExecutionRunId ?? closing.WorkflowExecutionCompletedEventAttributes?.NewExecutionRunId ?? "";

    private static long CompletedTaskOf(HistoryEvent e) =>
        e.ActivityTaskScheduledEventAttributes?.WorkflowTaskCompletedEventId ?? e.TimerStartedEventAttributes?.WorkflowTaskCompletedEventId ??
        e.TimerCanceledEventAttributes?.WorkflowTaskCompletedEventId ?? e.WorkflowExecutionCompletedEventAttributes?.WorkflowTaskCompletedEventId ??
        e.WorkflowExecutionFailedEventAttributes?.WorkflowTaskCompletedEventId ?? e.WorkflowExecutionCanceledEventAttributes?.WorkflowTaskCompletedEventId ??
        e.WorkflowExecutionContinuedAsNewEventAttributes?.WorkflowTaskCompletedEventId ??
        e.StartChildWorkflowExecutionInitiatedEventAttributes?.WorkflowTaskCompletedEventId ??
        e.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes?.WorkflowTaskCompletedEventId ??
        e.SignalExternalWorkflowExecutionInitiatedEventAttributes?.WorkflowTaskCompletedEventId ?? 0;

    // A task that was shown before it was written had no task id yet, and its worker's name is not written if a signal came in between.
    private static bool IsSame(HistoryEvent written, HistoryEvent shown)
    {
        if (shown.TaskId != 0)
        {
            return written.Equals(shown);
        }

        var (one, other) = (written.Clone(), shown.Clone());
        one.TaskId = 0;
        if (one.WorkflowTaskStartedEventAttributes is { } a && other.WorkflowTaskStartedEventAttributes is { } b)
        {
            a.Identity = b.Identity = "";
        }

        return one.Equals(other);
    }

    private void OnCommitted(IReadOnlyList<RunChange> group)
    {
        var read = new List<(WorkflowKey, HistoryEvent)>();
        var resets = new List<(WorkflowKey, string)>();
        foreach (var change in group)
        {
            var key = (change.Workflow, change.RunId);
            if (change.State is null)
            {
                _runs.Remove(key);
                continue;
            }

            if (!_runs.TryGetValue(key, out var history))
            {
                _runs.Add(key, history = new HistoryModel());
            }

            var before = history.Events.Count;

            foreach (var batch in change.Batches)
            {
                Read(change, history, batch);
            }

            read.AddRange(history.Events.Skip(before).Select(e => (change.Workflow, e)));
            if (before == 0 && history.Reset(change.RunId) is not null)
            {
                resets.Add(key);
            }

            var stored = _disk.Load(change.Workflow, change.RunId)!;
            if (history.IsClosed && SuccessorOf(history.Events[^1]) is { Length: > 0 } next && _disk.Load(change.Workflow, next) is null)
            {
                _simulator.Fail($"{change.Workflow.WorkflowId}/{change.RunId} goes on in {next}, which was not written with its end");
            }

            foreach (var broken in StateRules.Check(change, stored, history))
            {
                _simulator.Fail($"{change.Workflow.WorkflowId}/{change.RunId}: {broken}");
            }
        }

        foreach (var workflow in group.Select(c => c.Workflow).Distinct())
        {
            CheckCurrent(workflow);
        }

        resets.ForEach(r => Report(r.Item1, ResetRules.Check(this, r.Item1, r.Item2)));
        read.ForEach(r => Report(r.Item1, DeliveryRules.Check(this, r.Item1, r.Item2)));
        Rules.ForEach(r => Report(null, r()));
    }

    private void Report(WorkflowKey? workflow, string? broken)
    {
        if (broken is not null)
        {
            _simulator.Fail(workflow is { } w ? $"{w.WorkflowId}: {broken}" : broken);
        }
    }

    private void Read(RunChange change, HistoryModel history, HistoryBatch batch)
    {
        var events = History.Parser.ParseFrom(batch.Data.Span).Events;
        if (batch.FirstEventId != history.Next || events.Count == 0 || batch.NextEventId != batch.FirstEventId + events.Count)
        {
            _simulator.Fail($"{change.Workflow.WorkflowId}/{change.RunId}: a batch [{batch.FirstEventId}, {batch.NextEventId}) of {events.Count} events follows event {history.Next - 1}");
        }

        foreach (var e in events)
        {
            Events++;
            if (history.Add(e) is { } broken)
            {
                _simulator.Fail($"{change.Workflow.WorkflowId}/{change.RunId}: {broken}");
            }
        }
    }

    private void CheckCurrent(WorkflowKey workflow)
    {
        var open = Of(workflow).Where(r => !r.History.IsClosed).Select(r => r.RunId).ToList();
        var current = _disk.Load(workflow, "")?.RunId;
        if (open.Count > 1 || (open.Count == 1 && open[0] != current))
        {
            _simulator.Fail($"{workflow.WorkflowId}: open runs are {string.Join(", ", open)}, the current one is {current}");
        }
    }
}
