using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts.Messages;

[JsonConverter(typeof(JsonStringEnumConverter<MessageAuthor>))]
public enum MessageAuthor
{
    [JsonStringEnumMemberName("user")] User,
    [JsonStringEnumMemberName("agent")] Agent,
}

[JsonConverter(typeof(JsonStringEnumConverter<MessageStyle>))]
public enum MessageStyle
{
    [JsonStringEnumMemberName("static")] Static,
    [JsonStringEnumMemberName("active")] Active,
}

[JsonConverter(typeof(JsonStringEnumConverter<TextFormat>))]
public enum TextFormat
{
    [JsonStringEnumMemberName("plain")] Plain,
    [JsonStringEnumMemberName("markdown")] Markdown,
    [JsonStringEnumMemberName("code")] Code,
}

/// <summary>What a message says: one of the five kinds below.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TextContent), "text")]
[JsonDerivedType(typeof(ReasoningContent), "reasoning")]
[JsonDerivedType(typeof(DataContent), "data")]
[JsonDerivedType(typeof(ToolRequestContent), "tool_request")]
[JsonDerivedType(typeof(ToolResponseContent), "tool_response")]
public abstract record MessageContent
{
    private protected MessageContent() { }

    public required MessageAuthor Author { get; init; }
    public MessageStyle Style { get; init; }
}

public sealed record TextContent : MessageContent
{
    public TextFormat Format { get; init; }
    public required string Content { get; init; }
    public IReadOnlyList<FileAttachment>? Attachments { get; init; }
}

public sealed record FileAttachment(string FileId, string Name, long Size, string Type);

public sealed record ReasoningContent : MessageContent
{
    public required IReadOnlyList<string> Summary { get; init; }
    public IReadOnlyList<string>? Content { get; init; }
}

public sealed record DataContent : MessageContent
{
    /// <summary>An object.</summary>
    public required JsonElement Data { get; init; }
}

public sealed record ToolRequestContent : MessageContent
{
    public required string ToolCallId { get; init; }
    public required string Name { get; init; }

    /// <summary>An object.</summary>
    public required JsonElement Arguments { get; init; }
}

public sealed record ToolResponseContent : MessageContent
{
    public required string ToolCallId { get; init; }
    public required string Name { get; init; }

    /// <summary>Any value; null is one.</summary>
    public required JsonElement? Content { get; init; }
    public bool? IsError { get; init; }
}
