using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Durable.Agent.Runs;

// What crosses between workflow and activities for code agents alone.

/// <param name="CallId">Names the message in its task.</param>
/// <param name="Said">Characters that were said before.</param>
/// <param name="Attempt">Under which viewers know the message so far, from 1.</param>
/// <param name="Head">The message's place in the transcript, which closes it; null while there is more to come.</param>
public sealed record SayRequest(
    [property: JsonPropertyName("i")] string CallId,
    [property: JsonPropertyName("s")] int Said,
    [property: JsonPropertyName("t")] string Text,
    [property: JsonPropertyName("a")] int Attempt,
    [property: JsonPropertyName("h"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Head);

public sealed record SayFacts([property: JsonPropertyName("a")] int Attempt);

public sealed record StateFacts([property: JsonPropertyName("s")] JsonElement? State);

public sealed record PutStateRequest([property: JsonPropertyName("s")] JsonElement State);

public sealed record SpanRequest
{
    [JsonPropertyName("i")]
    public required string Id { get; init; }

    [JsonPropertyName("p"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parent { get; init; }

    [JsonPropertyName("n")]
    public required string Name { get; init; }

    [JsonPropertyName("s")]
    public required DateTime Start { get; init; }

    [JsonPropertyName("e"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? End { get; init; }

    [JsonPropertyName("in"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Input { get; init; }

    [JsonPropertyName("out"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Output { get; init; }
}

/// <param name="Author">Of the messages, by its wire name; null for all.</param>
public sealed record ListRequest([property: JsonPropertyName("c")] int Count, [property: JsonPropertyName("a")] string? Author);
