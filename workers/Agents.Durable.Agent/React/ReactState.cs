using System.Text.Json.Serialization;

namespace Agents.Durable.Agent.React;

/// <summary>
/// What a run carries from one history to the next: cursors and counters, never lists or bodies. A new task starts with none.
/// Names are short because every run's history begins with them.
/// </summary>
public sealed record ReactState
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

    [JsonPropertyName("x")]
    public bool Interrupt { get; init; }

    [JsonPropertyName("l")]
    public ReactLimits Limits { get; init; } = new();
}

/// <summary>The bounds that the policy watches, and the times that the workflow sets.</summary>
public sealed record ReactLimits
{
    [JsonPropertyName("i")]
    public int MaxIterations { get; init; } = int.MaxValue;

    [JsonPropertyName("t")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxTurns { get; init; }

    [JsonPropertyName("k")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MaxTokens { get; init; }

    /// <summary>Seconds after which a worker that shows no sign of life is taken for dead.</summary>
    [JsonPropertyName("b")]
    public double Heartbeat { get; init; } = 5;
}
