using Temporalio.Api.Enums.V1;
using Temporalio.Server.Simulation.Scheduling;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Invents the workflows of a run: each run uses a random part of what there is.</summary>
internal sealed class ScriptWriter(SimulationRandom random)
{
    private readonly Dictionary<string, Script> _scripts = [];
    private readonly bool _children = random.Chance(0.5);
    private readonly bool _externals = random.Chance(0.3);
    private readonly bool _continues = random.Chance(0.4);
    private readonly bool _updates = random.Chance(0.5);
    private readonly bool _queries = random.Chance(0.4);
    private readonly bool _pauses = SimulationRandom.Of(random.Bits(), "pauses").Chance(0.3);
    private readonly bool _endings = random.Chance(0.4);

    // What came later has chances of its own, so that it moves no other seed's load.
    private readonly SimulationRandom _later = SimulationRandom.Of(random.Bits(), "later");
    private readonly HashSet<string> _cancelledByOthers = [];
    private bool _resets;
    private bool _cancelsOthers;

    public static ScriptBook Write(SimulationRandom random)
    {
        var writer = new ScriptWriter(random);
        var later = writer._later;
        writer._resets = later.Chance(0.25);
        writer._cancelsOthers = later.Chance(0.25);
        var count = 1 + random.Below(6);
        for (var i = 0; i < count; i++)
        {
            writer.Add($"wf{i}", count);
        }

        if (later.Chance(0.2))
        {
            writer.AddCron();
        }

        List<ScheduleScript> schedules = [];
        if (later.Chance(0.25))
        {
            schedules.Add(writer.AddSchedule("schedule"));
        }

        foreach (var id in writer._cancelledByOthers.Where(writer._scripts.ContainsKey))
        {
            writer._scripts[id] = writer._scripts[id] with { IsCancelledByOthers = true };
        }

        return new ScriptBook(writer._scripts, schedules);
    }

    private void Add(string id, int count)
    {
        var signals = random.Below(6);
        var failsFirst = _endings && random.Chance(0.2);
        var resets = _resets && !failsFirst && _later.Chance(0.7) ? 1 + _later.Below(2) : 0;
        var script = new Script
        {
            WorkflowId = id,
            Signals = failsFirst ? 0 : signals,
            Stages = Stages(id, failsFirst ? 0 : signals, count, plain: failsFirst, alone: resets > 0),
            Updates = _updates && !failsFirst ? random.Below(4) : 0,
            UpdatesWithStart = !failsFirst && _later.Chance(0.15),
            Resets = resets,
            Queries = _queries ? random.Below(4) : 0,
            Pauses = _pauses ? random.Below(3) : 0,
            IsCancelled = _endings && !failsFirst && random.Chance(0.2) && resets == 0,
            IsTerminated = _endings && !failsFirst && random.Chance(0.2) && resets == 0,
            FailsFirst = failsFirst,
            SignalsWithStart = !failsFirst && signals > 0 && random.Chance(0.3),
            RunTimeout = _endings && !failsFirst && random.Chance(0.2) && resets == 0 ? random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20)) : null,
        };
        _scripts.Add(id, script);
    }

    // What is done again after a reset must not concern others: their part is not set back.
    private List<Stage> Stages(string id, int signals, int count, bool plain, bool alone)
    {
        var stages = new List<Stage>();
        var last = 1 + random.Below(4);
        for (var stage = 0; stage < last; stage++)
        {
            var steps = new List<ScriptStep>();
            for (var n = 1 + random.Below(3); n > 0; n--)
            {
                steps.Add(Step($"{stage}.{n}", id, signals, count, plain || alone));
            }

            stages.Add(new Stage(steps, _continues && !plain && random.Chance(0.3)));
        }

        stages.Add(new Stage([new SignalsStep("end", signals)], false));
        return stages;
    }

    private ScriptStep Step(string id, string workflowId, int signals, int count, bool plain) => random.Below(8) switch
    {
        0 => new TimerStep(id, random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5))),
        1 => new GuardStep(id, random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2))),
        2 => new SignalsStep(id, random.Below(signals + 1)),
        3 or 4 when _children && !plain => Child(id, workflowId),
        6 when _cancelsOthers && !plain => Cancellation(id, workflowId, count),
        5 when _externals && !plain => new ExternalStep(id, $"wf{random.Below(count + 1)}"),
        _ => new ActivityStep(id, Plan()),
    };

    private ChildStep Child(string id, string parent)
    {
        var child = $"{parent}.child{id}";
        List<ScriptStep> steps = [new ActivityStep("0.1", Plan()), new TimerStep("0.2", random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(3)))];
        var first = new Stage([steps[random.Below(2)]], _continues && random.Chance(0.2));
        _scripts.Add(child, new Script { WorkflowId = child, Parent = parent, Stages = [first, new Stage([new SignalsStep("end", 0)], false)] });
        return new ChildStep(id, child, random.Pick([ParentClosePolicy.Terminate, ParentClosePolicy.Abandon, ParentClosePolicy.RequestCancel]));
    }

    private ScriptStep Cancellation(string id, string workflowId, int count)
    {
        var target = $"wf{_later.Below(count + 1)}";
        if (target == workflowId || _scripts.GetValueOrDefault(target)?.Resets > 0 || _resets)
        {
            // A workflow that is set back has to come to its end, to be checked by it.
            return new ActivityStep(id, Plan());
        }

        _cancelledByOthers.Add(target);
        return new ExternalCancelStep(id, target);
    }

    private void AddCron()
    {
        List<ScriptStep> steps = [new ActivityStep("0.1", Plan()), new TimerStep("0.2", _later.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(3)))];
        _scripts.Add("cron", new Script { WorkflowId = "cron", Stages = [new Stage([steps[_later.Below(2)]], false)], CronRuns = 2 + _later.Below(4) });
    }

    private ScheduleScript AddSchedule(string id)
    {
        List<ScriptStep> steps = [new ActivityStep("0.1", Plan()), new TimerStep("0.2", _later.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(4)))];
        var schedule = new ScheduleScript(
            id,
            TimeSpan.FromSeconds(1 + _later.Below(3)),
            _later.Pick([ScheduleOverlapPolicy.Skip, ScheduleOverlapPolicy.BufferOne, ScheduleOverlapPolicy.BufferAll, ScheduleOverlapPolicy.CancelOther, ScheduleOverlapPolicy.TerminateOther, ScheduleOverlapPolicy.AllowAll]),
            1 + _later.Below(5));
        _scripts.Add(schedule.WorkflowId, new Script { WorkflowId = schedule.WorkflowId, IsScheduled = true, Stages = [new Stage([steps[_later.Below(2)]], _later.Chance(0.3)), new Stage([new SignalsStep("end", 0)], false)] });
        return schedule;
    }

    private ActivityPlan Plan() => new(
        random.Chance(0.3) ? random.Below(4) : 0, random.Chance(0.3) ? 1 + random.Below(4) : 0, random.Chance(0.1), (1 + random.Below(4)) * (_later.Chance(0.5) ? 1 : 0));
}
