using Agents.Durable.Agent.Tools;
using Agents.Durable.Data.Effects;

namespace Agents.Durable.Agent.Steps;

/// <summary>What is done about a call that was begun and whose outcome nobody knows.</summary>
internal enum Recovery
{
    Rerun,
    Probe,
    Ask,
    RerunAsDecided,
    GiveUp,
}

/// <summary>The rule of effects, as a table.</summary>
internal static class UnknownOutcome
{
    /// <param name="canProbe">Whether the tool can look; one that cannot is as unsafe as any.</param>
    public static Recovery Decide(Effect effect, bool canProbe, UnknownPolicy policy, Decision? decision) => (effect, canProbe) switch
    {
        (Effect.Pure or Effect.Idempotent or Effect.Transactional, _) => Recovery.Rerun,
        (Effect.Verifiable, true) => Recovery.Probe,
        _ => Unsafe(policy, decision),
    };

    /// <summary>What is left when looking did not tell, or there is nothing to look at.</summary>
    public static Recovery Unsafe(UnknownPolicy policy, Decision? decision) => (policy, decision) switch
    {
        (_, Decision.Retry) => Recovery.RerunAsDecided,
        (_, Decision.Skip) => Recovery.GiveUp,
        (UnknownPolicy.Retry, _) => Recovery.Rerun,
        (UnknownPolicy.Fail, _) => Recovery.GiveUp,
        _ => Recovery.Ask,
    };
}
