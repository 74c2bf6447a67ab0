using Agents.Durable.Agent.Runs;

namespace Agents.Durable.Agent.React;

/// <summary>All that the next step of a run depends on. Facts only: no message, no argument, no clock.</summary>
public sealed record ReactFacts
{
    /// <summary>The task is to be canceled.</summary>
    public bool Cancel { get; init; }

    /// <summary>Somebody wants the agent to stop at the next boundary.</summary>
    public bool Interrupt { get; init; }

    /// <summary>There is mail behind the cursor, or it was never looked.</summary>
    public bool Unread { get; init; }

    /// <summary>The history has grown enough to go on in a new one.</summary>
    public bool HistoryFull { get; init; }

    /// <summary>The history is long enough that a new one is worth it when there is nothing else to do.</summary>
    public bool HistoryLong { get; init; }

    /// <summary>The history before this one ended with calls in question; which, the stored answer of the model tells.</summary>
    public bool Recall { get; init; }

    /// <summary>A time limit that has passed.</summary>
    public Lateness Late { get; init; }

    /// <summary>The model has something to answer.</summary>
    public bool Open { get; init; }

    /// <summary>Calls of the last answer that were not made yet, or are to be made again.</summary>
    public int CallsToMake { get; init; }

    /// <summary>Calls whose outcome a person has to decide on.</summary>
    public int CallsInQuestion { get; init; }

    /// <summary>Calls of the last answer without an answer of their own.</summary>
    public int Calls => CallsToMake + CallsInQuestion;

    /// <summary>The model's last call of this turn went for good: the reason.</summary>
    public string? Failure { get; init; }

    /// <summary>Model calls of this turn.</summary>
    public int Iterations { get; init; }

    /// <summary>Turns that are over.</summary>
    public int Turns { get; init; }

    /// <summary>Tokens in and out, of all turns.</summary>
    public long Tokens { get; init; }

    public required RunLimits Limits { get; init; }
}
