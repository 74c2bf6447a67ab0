using Temporalio.Server.Simulation.Scheduling;

namespace Temporalio.Server.Simulation.Load;

/// <summary>One thing that a workflow does and waits for.</summary>
internal abstract record ScriptStep(string Id);

internal sealed record ActivityStep(string Id, ActivityPlan Plan) : ScriptStep(Id);

internal sealed record TimerStep(string Id, TimeSpan Duration) : ScriptStep(Id);

/// <summary>A timer that is cancelled once the rest of its stage is done, if it has not fired by then.</summary>
internal sealed record GuardStep(string Id, TimeSpan Duration) : ScriptStep(Id);

/// <summary>Waits until the workflow has had so many different signals.</summary>
internal sealed record SignalsStep(string Id, int Count) : ScriptStep(Id);

/// <summary>What an activity's attempts do. It travels as the activity's input.</summary>
internal sealed record ActivityPlan(int Failures, int Heartbeats, bool HangsFirst, int MaximumAttempts)
{
    public string Encode() => $"{Failures}|{Heartbeats}|{(HangsFirst ? 1 : 0)}|{MaximumAttempts}";

    public static ActivityPlan Decode(string text)
    {
        var parts = text.Split('|');
        return new ActivityPlan(int.Parse(parts[0]), int.Parse(parts[1]), parts[2] == "1", int.Parse(parts[3]));
    }

    /// <summary>Whether an attempt that the server lets run to its end can succeed.</summary>
    public bool CanSucceed => Failures < MaximumAttempts;
}

/// <summary>A workflow as data: stages, each of which starts its steps at once and waits for all of them.</summary>
internal sealed record Script(IReadOnlyList<IReadOnlyList<ScriptStep>> Stages, int Signals)
{
    public static Script Generate(SimulationRandom random, int signals)
    {
        var stages = new List<IReadOnlyList<ScriptStep>>();
        var last = 1 + random.Below(4);
        for (var stage = 0; stage < last; stage++)
        {
            var steps = new List<ScriptStep>();
            for (var n = 1 + random.Below(3); n > 0; n--)
            {
                var id = $"{stage}.{n}";
                steps.Add(random.Below(5) switch
                {
                    0 => new TimerStep(id, random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5))),
                    1 => new GuardStep(id, random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2))),
                    2 => new SignalsStep(id, signals == 0 ? 0 : random.Below(signals + 1)),
                    _ => new ActivityStep(id, Plan(random)),
                });
            }

            stages.Add(steps);
        }

        stages.Add([new SignalsStep("end", signals)]);
        return new Script(stages, signals);
    }

    private static ActivityPlan Plan(SimulationRandom random) => new(
        random.Chance(0.3) ? random.Below(4) : 0, random.Chance(0.3) ? 1 + random.Below(4) : 0, random.Chance(0.1), 1 + random.Below(4));
}
