using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts.Streaming;

/// <summary>A piece of a message: pieces of one kind add up to its content.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TextDelta), "text")]
[JsonDerivedType(typeof(DataDelta), "data")]
[JsonDerivedType(typeof(ToolRequestDelta), "tool_request")]
[JsonDerivedType(typeof(ToolResponseDelta), "tool_response")]
[JsonDerivedType(typeof(ReasoningSummaryDelta), "reasoning_summary")]
[JsonDerivedType(typeof(ReasoningContentDelta), "reasoning_content")]
public abstract record MessageDelta
{
    private protected MessageDelta() { }
}

public sealed record TextDelta([property: JsonPropertyName("text_delta")] string? Text = "") : MessageDelta;

/// <summary>A piece of the text of a JSON object.</summary>
public sealed record DataDelta([property: JsonPropertyName("data_delta")] string? Data = "") : MessageDelta;

/// <summary>A piece of the JSON text of a call's arguments.</summary>
public sealed record ToolRequestDelta(string ToolCallId, string Name, string? ArgumentsDelta = "") : MessageDelta;

public sealed record ToolResponseDelta(string ToolCallId, string Name, string? ContentDelta = "") : MessageDelta;

public sealed record ReasoningSummaryDelta(int SummaryIndex, string? SummaryDelta = "") : MessageDelta;

public sealed record ReasoningContentDelta(int ContentIndex, string? ContentDelta = "") : MessageDelta;
