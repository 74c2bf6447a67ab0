using System.Text.Json.Serialization;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Definitions;

namespace Agents.Durable.Agent.Runs;

// What crosses between workflow and activities. All of it lands in the history, so names are short and bodies stay out.

/// <param name="Resume">The run has no state: look what earlier runs of this task left.</param>
public sealed record MailRequest(
    [property: JsonPropertyName("c")] long Cursor,
    [property: JsonPropertyName("h")] int Head,
    [property: JsonPropertyName("r"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Resume)
{
    /// <summary>Answer with what people said, too.</summary>
    [JsonPropertyName("b"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Bodies { get; init; }

    /// <summary>Most pieces of mail to take, unless a stop is among those behind them; null for as many as there is reason to.</summary>
    [JsonPropertyName("m"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Room { get; init; }
}

public sealed record MailFacts
{
    [JsonPropertyName("c")]
    public long Cursor { get; init; }

    [JsonPropertyName("h")]
    public int Head { get; init; }

    /// <summary>There is more behind the cursor.</summary>
    [JsonPropertyName("w"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool More { get; init; }

    /// <summary>Somebody said something that the model should answer.</summary>
    [JsonPropertyName("o"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Open { get; init; }

    /// <summary>Open questions that got an answer.</summary>
    [JsonPropertyName("q"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Decided { get; init; }

    /// <summary>A request to stop is behind the cursor; only where the request told its room.</summary>
    [JsonPropertyName("y"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Stop { get; init; }

    [JsonPropertyName("x"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Interrupt { get; init; }

    [JsonPropertyName("z"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Cancel { get; init; }

    [JsonPropertyName("d")]
    public long Definition { get; init; }

    [JsonPropertyName("l")]
    public RunLimits Limits { get; init; } = new();

    /// <summary>What earlier runs of this task left; null when there was none.</summary>
    [JsonPropertyName("e"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EarlierRuns? Earlier { get; init; }

    /// <summary>What people said, for runs that asked for it.</summary>
    [JsonPropertyName("s"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SaidByMail>? Said { get; init; }
}

/// <param name="Position">In the mailbox; 0 for what an earlier run took and did not answer.</param>
public sealed record SaidByMail([property: JsonPropertyName("p")] long Position, [property: JsonPropertyName("t")] string Text);

public sealed record EarlierRuns(
    [property: JsonPropertyName("n")] int Calls, [property: JsonPropertyName("in")] long InputTokens, [property: JsonPropertyName("out")] long OutputTokens,
    [property: JsonPropertyName("u")] long CostMicros)
{
    /// <summary>Numbers of calls that were never made.</summary>
    [JsonPropertyName("k"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Skipped { get; init; }
}

/// <param name="Number">Of the model call in its task, from 0.</param>
/// <param name="Head">Length of the transcript that the model gets.</param>
public sealed record ModelRequest(
    [property: JsonPropertyName("n")] int Number, [property: JsonPropertyName("h")] int Head, [property: JsonPropertyName("d")] long Definition)
{
    /// <summary>What this call does otherwise than the definition says.</summary>
    [JsonPropertyName("o"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelOverrides? Overrides { get; init; }

    /// <summary>Answer with the words, too.</summary>
    [JsonPropertyName("b"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Bodies { get; init; }

    [JsonIgnore]
    public string CallId => CallIds.Model(Number);
}

/// <param name="Instructions">The system prompt; null for the definition's.</param>
/// <param name="Tools">Names of the tools that the model is offered; null for all.</param>
public sealed record ModelOverrides(
    [property: JsonPropertyName("i"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Instructions,
    [property: JsonPropertyName("t"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Tools);

public sealed record ModelFacts
{
    /// <summary>For each call that the model asks for, its time in seconds.</summary>
    [JsonPropertyName("t"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Tools { get; init; }

    [JsonPropertyName("in")]
    public long InputTokens { get; init; }

    [JsonPropertyName("out")]
    public long OutputTokens { get; init; }

    /// <summary>Millionths of a US dollar.</summary>
    [JsonPropertyName("u"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long CostMicros { get; init; }

    /// <summary>What the model said, for runs that asked for it.</summary>
    [JsonPropertyName("s"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>What the model asked for, for runs that asked for it.</summary>
    [JsonPropertyName("c"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AskedCall>? Calls { get; init; }
}

/// <param name="Arguments">As the model wrote them.</param>
public sealed record AskedCall([property: JsonPropertyName("n")] string Name, [property: JsonPropertyName("a")] string Arguments);

/// <summary>A call that the agent's own code makes: it takes its place in the transcript as if a model had asked for it.</summary>
/// <param name="Number">Of the call in its task; model calls are counted with it.</param>
public sealed record AskRequest(
    [property: JsonPropertyName("n")] int Number,
    [property: JsonPropertyName("h")] int Head,
    [property: JsonPropertyName("d")] long Definition,
    [property: JsonPropertyName("t")] string Tool,
    [property: JsonPropertyName("a")] string Arguments)
{
    [JsonIgnore]
    public string CallId => CallIds.Model(Number);
}

/// <param name="Number">Of the model call that asked.</param>
/// <param name="Index">Of the call in its answer.</param>
/// <param name="Position">Of the answer in the transcript.</param>
public sealed record ToolRequest(
    [property: JsonPropertyName("n")] int Number,
    [property: JsonPropertyName("i")] int Index,
    [property: JsonPropertyName("p")] int Position,
    [property: JsonPropertyName("d")] long Definition)
{
    /// <summary>Answer with the tool's words, too.</summary>
    [JsonPropertyName("b"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Bodies { get; init; }

    [JsonIgnore]
    public string CallId => CallIds.Tool(Number, Index);
}

/// <param name="Ask">A person has to decide; the call has no answer yet.</param>
public sealed record ToolFacts([property: JsonPropertyName("a"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Ask)
{
    /// <summary>The tool's answer, for runs that asked for it.</summary>
    [JsonPropertyName("t"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }

    [JsonPropertyName("e"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsError { get; init; }
}

/// <summary>Answers for those calls of a model's answer that have none.</summary>
public sealed record SkipRequest(
    [property: JsonPropertyName("n")] int Number, [property: JsonPropertyName("p")] int Position, [property: JsonPropertyName("r")] string Reason);

/// <param name="Text">For the model, and for people unless there is <paramref name="Content"/>.</param>
/// <param name="Content">What people are shown, where that is no plain text.</param>
public sealed record NoticeRequest(
    [property: JsonPropertyName("h")] int Head,
    [property: JsonPropertyName("t")] string Text,
    [property: JsonPropertyName("c"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MessageContent? Content = null);

/// <param name="Handled">The mail that the run has seen, where newer mail keeps the task open.</param>
public sealed record SettleRequest(
    [property: JsonPropertyName("s")] string Status,
    [property: JsonPropertyName("r")] string Reason,
    [property: JsonPropertyName("c"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Handled);

/// <param name="Newest">The mail that keeps the task open; 0 when the task has its status.</param>
public sealed record SettleFacts([property: JsonPropertyName("w"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Newest);

/// <summary>A message of the user's that came as an update.</summary>
/// <param name="Key">The same key is the same message.</param>
public sealed record PostRequest([property: JsonPropertyName("k")] string Key, [property: JsonPropertyName("t")] string Text);

/// <param name="Position">In the mailbox; 0 when the task takes none any more.</param>
public sealed record PostFacts([property: JsonPropertyName("c")] long Position);

/// <summary>Names of calls, unique in their task; they are shown, and idempotency keys are made from them.</summary>
public static class CallIds
{
    public static string Model(int number) => FormattableString.Invariant($"m{number}");

    public static string Tool(int number, int index) => FormattableString.Invariant($"m{number}-{index}");

    public static string Mail(long position) => FormattableString.Invariant($"e{position}");

    public static string Notice(int head) => FormattableString.Invariant($"n{head}");
}

internal static class LimitFacts
{
    public static RunLimits From(AgentLimits limits, AgentRuntimeOptions options) => new()
    {
        MaxIterations = limits.MaxIterations,
        MaxTurns = limits.MaxTurns,
        MaxTokens = limits.MaxTokens,
        TurnSeconds = limits.MaxTurnSeconds,
        TaskSeconds = limits.MaxSeconds,
        Heartbeat = options.HeartbeatTimeout.TotalSeconds,
        HistoryEvents = options.HistoryEvents,
    };
}
