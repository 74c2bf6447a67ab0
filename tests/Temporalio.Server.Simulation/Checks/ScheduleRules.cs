using Temporalio.Api.Enums.V1;
using Temporalio.Server.Simulation.Load;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Checks;

/// <summary>A schedule starts each of its times once, in order, and beside each other only those that may be.</summary>
internal sealed class ScheduleRules(Ledger ledger, ScheduleClient client)
{
    private readonly ScheduleScript _script = client.Script;

    /// <summary>What a commit has just broken.</summary>
    public string? Check() =>
        _script.Overlap != ScheduleOverlapPolicy.AllowAll && client.Open().Select(w => w.WorkflowId).Distinct().ToList() is { Count: > 1 } open
            ? $"{_script.ScheduleId} ({_script.Overlap}) has {string.Join(", ", open)} open at once"
            : null;

    /// <summary>What must be true once the schedule is deleted.</summary>
    public void CheckEnd()
    {
        var id = _script.ScheduleId;
        var started = ledger.Runs.Where(r => client.IsOwn(r.Workflow)).GroupBy(r => r.Workflow).ToList();
        var times = started.Select(g => NominalOf(g.Key)).Order().ToList();
        var info = client.Info!;
        ledger.Check(info.ActionCount == _script.Actions && times.Count == _script.Actions, $"{id} was to start {_script.Actions} workflows, counts {info.ActionCount} and started {times.Count}");
        var created = ledger.Of(client.Workflow).Single().History.Events[0].EventTime.ToDateTimeOffset();
        var first = After(created);
        ledger.Check(times[0] == first, $"{id}, made at {created:O}, begins with {times[0]:O} and not with {first:O}");
        var passed = (times[^1] - first).Ticks / _script.Interval.Ticks + 1;
        var accounted = info.ActionCount + info.OverlapSkipped + info.BufferDropped;
        ledger.Check(accounted >= passed, $"{id} ({_script.Overlap}) has passed {passed} times and accounts for {accounted}");
        if (_script.Overlap is ScheduleOverlapPolicy.AllowAll or ScheduleOverlapPolicy.BufferAll)
        {
            ledger.Check(passed == _script.Actions, $"{id} ({_script.Overlap}) has left out some of its {passed} times");
        }

        foreach (var (workflow, _, history) in started.SelectMany(g => g))
        {
            var start = history.Events[0].WorkflowExecutionStartedEventAttributes;
            ledger.Check(
                history.CloseType is EventType.WorkflowExecutionCompleted or EventType.WorkflowExecutionContinuedAsNew || !_script.RunsToTheirEnd,
                $"{workflow.WorkflowId} ended with {history.CloseType}");
            ledger.Check(start.SearchAttributes?.IndexedFields.ContainsKey("TemporalScheduledById") == true || start.ContinuedExecutionRunId.Length > 0, $"{workflow.WorkflowId} does not say who started it");
        }
    }

    // The schedule's times are the multiples of its interval.
    private DateTimeOffset After(DateTimeOffset time) => new((time.UtcTicks / _script.Interval.Ticks + 1) * _script.Interval.Ticks, TimeSpan.Zero);

    private DateTimeOffset NominalOf(WorkflowKey workflow) => DateTimeOffset.Parse(workflow.WorkflowId[(_script.WorkflowId.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
}
