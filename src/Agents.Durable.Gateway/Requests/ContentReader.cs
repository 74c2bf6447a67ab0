using System.Text.Json;
using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Gateway.Requests;

/// <summary>Reads the content of a message, which comes from clients and from agents alike.</summary>
internal static class ContentReader
{
    public const string Kinds = "'text', 'reasoning', 'data', 'tool_request', 'tool_response'";

    public static bool Knows(string kind) => Kinds.Contains($"'{kind}'", StringComparison.Ordinal);

    /// <summary>Null, with a problem noted, where there is no valid content.</summary>
    public static MessageContent? Read(JsonElement value, string path, Problems problems)
    {
        var before = problems.List.Count;
        if (Fields.Of(value, path, problems) is not { } fields)
        {
            return null;
        }

        if (fields.Find("type") is not { ValueKind: JsonValueKind.String } tag)
        {
            problems.Add(path, "union_tag_not_found", "Unable to extract tag using discriminator 'type'", value);
            return null;
        }

        var kind = tag.GetString()!;
        var content = OfKind(kind, Fields.Of(value, $"{path}.{kind}", problems, isContent: true)!.Value);
        if (content is null)
        {
            problems.Add(path, "union_tag_invalid", $"Input tag '{kind}' found using 'type' does not match any of the expected tags: {Kinds}", value);
        }

        return problems.List.Count == before ? content : null;
    }

    /// <summary>A field that must hold content.</summary>
    public static MessageContent? Required(Fields fields, string name) => fields.Required(name) is { } value ? Read(value, fields.At(name), fields.Problems) : null;

    /// <summary>A field that may be absent or null.</summary>
    public static MessageContent? Optional(Fields fields, string name) =>
        fields.Find(name) is { ValueKind: not JsonValueKind.Null } value ? Read(value, fields.At(name), fields.Problems) : null;

    private static MessageContent? OfKind(string kind, Fields fields) => kind switch
    {
        "text" => new TextContent
        {
            Author = fields.Choice<MessageAuthor>("author"),
            Style = fields.ChoiceOr("style", MessageStyle.Static),
            Format = fields.ChoiceOr("format", TextFormat.Plain),
            Content = fields.Text("content"),
            Attachments = fields.Find("attachments") is null or { ValueKind: JsonValueKind.Null } ? null : [.. fields.Items("attachments").Select(item => Attachment(item.Value, item.Path, fields.Problems))],
        },
        "reasoning" => new ReasoningContent
        {
            Author = fields.Choice<MessageAuthor>("author"),
            Style = fields.ChoiceOr("style", MessageStyle.Static),
            Summary = fields.Texts("summary"),
            Content = fields.OptionalTexts("content"),
        },
        "data" => new DataContent
        {
            Author = fields.Choice<MessageAuthor>("author"),
            Style = fields.ChoiceOr("style", MessageStyle.Static),
            Data = fields.Object("data"),
        },
        "tool_request" => new ToolRequestContent
        {
            Author = fields.Choice<MessageAuthor>("author"),
            Style = fields.ChoiceOr("style", MessageStyle.Static),
            ToolCallId = fields.Text("tool_call_id"),
            Name = fields.Text("name"),
            Arguments = fields.Object("arguments"),
        },
        "tool_response" => new ToolResponseContent
        {
            Author = fields.Choice<MessageAuthor>("author"),
            Style = fields.ChoiceOr("style", MessageStyle.Static),
            ToolCallId = fields.Text("tool_call_id"),
            Name = fields.Text("name"),
            Content = fields.Required("content")?.Clone(),
            IsError = fields.OptionalBool("is_error"),
        },
        _ => null,
    };

    private static FileAttachment Attachment(JsonElement value, string path, Problems problems) =>
        Fields.Of(value, path, problems, isContent: true) is { } fields
            ? new FileAttachment(fields.Text("file_id"), fields.Text("name"), fields.Integer("size"), fields.Text("type"))
            : new FileAttachment("", "", 0, "");
}
