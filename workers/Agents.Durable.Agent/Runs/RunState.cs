using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Durable.Agent.Runs;

/// <summary>
/// What a run carries from one history to the next: cursors and counters, never lists or bodies. A new task starts with none.
/// Names are short because every run's history begins with them.
/// </summary>
public sealed record RunState
{
    /// <summary>The mail that is handled.</summary>
    [JsonPropertyName("c")]
    public long Cursor { get; init; }

    /// <summary>The newest mail that is known of.</summary>
    [JsonPropertyName("w")]
    public long Newest { get; init; }

    /// <summary>Length of the transcript.</summary>
    [JsonPropertyName("h")]
    public int Head { get; init; }

    /// <summary>Model calls made; the next one is called by this number.</summary>
    [JsonPropertyName("n")]
    public int Calls { get; init; }

    /// <summary>Calls among them that no model made: the agent's own code did, or nobody because the number was left out.</summary>
    [JsonPropertyName("k")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Asked { get; init; }

    [JsonPropertyName("t")]
    public int Turns { get; init; }

    /// <summary>Model calls of the turn that is open.</summary>
    [JsonPropertyName("i")]
    public int Iterations { get; init; }

    /// <summary>Whether a turn is open: the model has something to answer.</summary>
    [JsonPropertyName("o")]
    public bool Open { get; init; }

    /// <summary>The definition that the turn uses; 0 before the first mail was read.</summary>
    [JsonPropertyName("d")]
    public long Definition { get; init; }

    [JsonPropertyName("in")]
    public long InputTokens { get; init; }

    [JsonPropertyName("out")]
    public long OutputTokens { get; init; }

    [JsonPropertyName("u")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long CostMicros { get; init; }

    [JsonPropertyName("x")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Interrupt { get; init; }

    /// <summary>Position of the message whose calls are in question; null when none are.</summary>
    [JsonPropertyName("a")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Asking { get; init; }

    /// <summary>When the task's run began, in ms since 1970; 0 before the first mail was read.</summary>
    [JsonPropertyName("b")]
    public long Began { get; init; }

    /// <summary>When the open turn began, in ms since 1970.</summary>
    [JsonPropertyName("s")]
    public long TurnBegan { get; init; }

    [JsonPropertyName("l")]
    public RunLimits Limits { get; init; } = new();

    /// <summary>What a code agent remembers from one history to the next.</summary>
    [JsonPropertyName("m")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Memory { get; init; }
}

/// <summary>The bounds that the policy watches, and the times that the workflow sets.</summary>
public sealed record RunLimits
{
    [JsonPropertyName("i")]
    public int MaxIterations { get; init; } = int.MaxValue;

    [JsonPropertyName("t")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxTurns { get; init; }

    [JsonPropertyName("k")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MaxTokens { get; init; }

    [JsonPropertyName("s")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TurnSeconds { get; init; }

    [JsonPropertyName("z")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TaskSeconds { get; init; }

    /// <summary>Events after which the run goes on in a new history; a history of the default's length is replayed in well under a second.</summary>
    [JsonPropertyName("v")]
    public int HistoryEvents { get; init; } = 2_000;

    /// <summary>Seconds after which a worker that shows no sign of life is taken for dead.</summary>
    [JsonPropertyName("b")]
    public double Heartbeat { get; init; } = 5;
}
