using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Checks;

/// <summary>A run that a reset has just made: it has the base run's beginning, and every signal that came afterwards.</summary>
internal static class ResetRules
{
    private const string NoTask = "emptyUuid";

    /// <summary>The rule that the new run breaks.</summary>
    public static string? Check(Ledger ledger, WorkflowKey workflow, string runId)
    {
        var made = ledger.Find(workflow, runId)!;
        var failed = made.Reset(runId)!;
        var baseRunId = failed.WorkflowTaskFailedEventAttributes.BaseRunId;
        if (ledger.Find(workflow, baseRunId) is not { } origin)
        {
            return $"{runId} was made of run {baseRunId}, which is not there";
        }

        // A task that had not been picked up has a Started event made for it.
        var copied = (int)failed.EventId - 1;
        copied -= made.Events[copied - 1].WorkflowTaskStartedEventAttributes?.RequestId == NoTask ? 1 : 0;
        for (var i = 0; i < copied; i++)
        {
            if (origin.Events.Count <= i || !IsSame(origin.Events[i], made.Events[i]))
            {
                return $"{runId} was made of {baseRunId}: event {i + 1} is another one";
            }
        }

        if (!origin.IsClosed)
        {
            return $"{runId} was made of {baseRunId}, which goes on";
        }

        var again = Signals(made.Events.Skip((int)failed.EventId)).ToList();
        var known = Signals(made.Events.Take(copied)).ToHashSet();
        var came = Signals(Later(ledger, workflow, baseRunId, copied)).Where(known.Add).ToList();
        // New ones may have come since, and be part of the same commit.
        return again.Take(came.Count).SequenceEqual(came) ? null : $"{runId} was made of {baseRunId} at event {failed.EventId}: then came {string.Join(' ', came)}, taken over were {string.Join(' ', again)}";
    }

    // What the base run has after the point, and the runs in which it went on.
    private static IEnumerable<HistoryEvent> Later(Ledger ledger, WorkflowKey workflow, string runId, int copied)
    {
        var run = ledger.Find(workflow, runId)!;
        foreach (var e in run.Events.Skip(copied))
        {
            yield return e;
        }

        while (run is { IsClosed: true, CloseType: EventType.WorkflowExecutionContinuedAsNew } && ledger.Find(workflow, ledger.SuccessorOf(workflow, runId)) is { } next)
        {
            runId = ledger.SuccessorOf(workflow, runId);
            run = next;
            foreach (var e in run.Events)
            {
                yield return e;
            }
        }
    }

    private static IEnumerable<string> Signals(IEnumerable<HistoryEvent> events) =>
        events.Where(e => e.WorkflowExecutionSignaledEventAttributes is not null).Select(e => e.WorkflowExecutionSignaledEventAttributes.RequestId);

    private static bool IsSame(HistoryEvent one, HistoryEvent other)
    {
        var (a, b) = (one.Clone(), other.Clone());
        a.TaskId = b.TaskId = 0;
        return a.Equals(b);
    }
}
