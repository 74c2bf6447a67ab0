using System.Text.Json;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Streaming;

namespace Agents.Durable.Gateway.Requests;

/// <summary>Reads the updates that an agent answers with.</summary>
internal static class UpdateReader
{
    /// <summary>Null where the value is no update of a known kind; problems where it is one, but not a valid one.</summary>
    public static TaskMessageUpdate? Read(JsonElement value, Problems problems)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var fields = Fields.Of(value, "", problems)!.Value;
        var index = (int?)fields.OptionalInteger("index");
        CheckParent(fields);
        return type.GetString() switch
        {
            "start" => ContentReader.Required(fields, "content") is { } content ? new MessageStart { Index = index, Content = content } : Invalid(problems),
            "full" => ContentReader.Required(fields, "content") is { } content ? new MessageFull { Index = index, Content = content } : Invalid(problems),
            "delta" => new MessageDeltaUpdate { Index = index, Delta = Delta(fields) },
            "done" => new MessageDone { Index = index },
            _ => null,
        };
    }

    // Which message an update belongs to is ours to say, but what the agent says of it must have the form of a message.
    private static void CheckParent(Fields update)
    {
        if (update.Find("parent_task_message") is not { ValueKind: not JsonValueKind.Null } value || Fields.Of(value, update.At("parent_task_message"), update.Problems, isContent: true) is not { } parent)
        {
            return;
        }

        parent.OptionalText("id");
        parent.Text("task_id");
        ContentReader.Required(parent, "content");
        parent.OptionalChoice<StreamingStatus>("streaming_status");
        parent.OptionalTime("created_at");
        parent.OptionalTime("updated_at");
    }

    // The problem is noted already; what is returned is not used.
    private static MessageDone Invalid(Problems problems) => problems.List.Count > 0 ? new MessageDone() : throw new InvalidOperationException("Invalid content without a problem.");

    // Left out, it is nothing; null it stays.
    private static string? Piece(Fields delta, string name) => delta.Has(name) ? delta.OptionalText(name) : "";

    private static MessageDelta? Delta(Fields update)
    {
        if (update.Find("delta") is not { ValueKind: not JsonValueKind.Null } value || Fields.Of(value, update.At("delta"), update.Problems) is not { } fields)
        {
            return null;
        }

        switch (fields.OptionalText("type"))
        {
            case "text":
                return new TextDelta(Piece(fields, "text_delta"));
            case "data":
                return new DataDelta(Piece(fields, "data_delta"));
            case "tool_request":
                return new ToolRequestDelta(fields.Text("tool_call_id"), fields.Text("name"), Piece(fields, "arguments_delta"));
            case "tool_response":
                return new ToolResponseDelta(fields.Text("tool_call_id"), fields.Text("name"), Piece(fields, "content_delta"));
            case "reasoning_summary":
                return new ReasoningSummaryDelta((int)fields.Integer("summary_index"), Piece(fields, "summary_delta"));
            case "reasoning_content":
                return new ReasoningContentDelta((int)fields.Integer("content_index"), Piece(fields, "content_delta"));
            default:
                fields.Problems.Add(update.At("delta"), "union_tag_invalid", "Input tag found using 'type' does not match any of the expected tags: 'text', 'data', 'tool_request', 'tool_response', 'reasoning_summary', 'reasoning_content'", value);
                return null;
        }
    }
}
