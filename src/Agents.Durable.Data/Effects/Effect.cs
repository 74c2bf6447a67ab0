namespace Agents.Durable.Data.Effects;

/// <summary>What calling a tool does to the world, and so what may happen after a call whose outcome is not known.</summary>
public enum Effect
{
    /// <summary>Changes nothing: run again.</summary>
    Pure,

    /// <summary>Doing it twice with one idempotency key is doing it once: run again.</summary>
    Idempotent,

    /// <summary>Happens in the transaction that marks it done: run again.</summary>
    Transactional,

    /// <summary>The tool can look whether it happened: ask it, then run again or take the result.</summary>
    Verifiable,

    /// <summary>None of these: a person decides.</summary>
    Unsafe,
}
