namespace Agents.Durable.Data.Effects;

/// <summary>A call as it is written down before it is made.</summary>
public sealed record EffectIntent
{
    public required string TaskId { get; init; }
    public required string CallId { get; init; }
    public required string Tool { get; init; }
    public required Effect Effect { get; init; }

    /// <summary>Which try of the call this is, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>What a verifiable tool needs to see later whether it happened; JSON.</summary>
    public string? Plan { get; init; }
}

/// <param name="Content">What the model gets to read.</param>
public sealed record EffectResult(string Content, bool IsError);

/// <summary>What the ledger knows about a call.</summary>
public abstract record EffectState
{
    private protected EffectState()
    {
    }

    /// <summary>Nobody tried it before: this intent is the first.</summary>
    public sealed record First : EffectState;

    /// <summary>An earlier try wrote its intent and no result: the outcome is unknown.</summary>
    /// <param name="Plan">The plan of the first try, which is the one that the world can be compared with.</param>
    /// <param name="Decision">What a person said about it; null while nobody did.</param>
    public sealed record Unknown(string? Plan, Decision? Decision) : EffectState;

    /// <summary>It happened, with this result.</summary>
    /// <param name="Shown">Whether its answer is known to be in the stream.</param>
    public sealed record Done(EffectResult Result, bool Shown) : EffectState;
}

/// <summary>A person's word on a call of unknown outcome.</summary>
public enum Decision
{
    Retry,
    Skip,
}
