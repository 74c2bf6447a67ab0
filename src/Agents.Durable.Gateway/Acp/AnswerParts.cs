using System.Text;
using System.Text.Json;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Gateway.Errors;

namespace Agents.Durable.Gateway.Acp;

/// <summary>The deltas of one message and the content they add up to. All must be of one kind.</summary>
internal sealed class AnswerParts
{
    private readonly StringBuilder _text = new();
    private MessageDelta? _first;

    public bool IsEmpty => _first is null;

    /// <exception cref="AcpException">The delta is of another kind than those before it.</exception>
    public void Add(MessageDelta delta)
    {
        _first ??= delta;
        if (_first.GetType() != delta.GetType())
        {
            throw new AcpException(AcpFailure.Refused, $"Delta type mismatch: {KindOf(_first)} != {KindOf(delta)}");
        }

        _text.Append(TextOf(delta));
    }

    /// <summary>The whole content, in the usual style and format: as recorded, what a message is started with is of no account once it has text of its own.</summary>
    /// <exception cref="AcpException">There is nothing, or it does not add up to JSON where JSON is meant.</exception>
    public MessageContent Content()
    {
        var text = _text.ToString();
        return _first switch
        {
            null => throw new AcpException(AcpFailure.Refused, "Unknown delta type: None"),
            TextDelta => new TextContent { Author = MessageAuthor.Agent, Content = text },
            DataDelta => new DataContent { Author = MessageAuthor.Agent, Data = JsonObject(text, "data content", "DataContentEntity", "data") },
            ToolRequestDelta call => new ToolRequestContent { Author = MessageAuthor.Agent, ToolCallId = call.ToolCallId, Name = call.Name, Arguments = JsonObject(text, "tool request arguments", "ToolRequestContentEntity", "arguments") },
            ToolResponseDelta call => new ToolResponseContent { Author = MessageAuthor.Agent, ToolCallId = call.ToolCallId, Name = call.Name, Content = JsonSerializer.SerializeToElement(text) },
            ReasoningSummaryDelta => new ReasoningContent { Author = MessageAuthor.Agent, Summary = [text] },
            _ => new ReasoningContent { Author = MessageAuthor.Agent, Summary = [], Content = [text] },
        };
    }

    /// <summary>The content with which a message is started whose agent began with a delta: it holds that delta already, where text can.</summary>
    /// <exception cref="AcpException">There is no delta, or nothing in it where text must be.</exception>
    public static MessageContent StartOf(MessageDelta? delta) => delta switch
    {
        null => throw new AcpException(AcpFailure.Refused, "'NoneType' object has no attribute 'type'"),
        TextDelta { Text: null } => throw new AcpException(AcpFailure.Refused, PydanticText.NoText("TextContentEntity", "content"), RpcError.InvalidParams),
        ReasoningSummaryDelta { SummaryDelta: null } => throw new AcpException(AcpFailure.Refused, PydanticText.NoText("ReasoningContentEntity", "summary.0"), RpcError.InvalidParams),
        ReasoningContentDelta { ContentDelta: null } => throw new AcpException(AcpFailure.Refused, PydanticText.NoText("ReasoningContentEntity", "content.0"), RpcError.InvalidParams),
        TextDelta text => new TextContent { Author = MessageAuthor.Agent, Content = text.Text },
        DataDelta => new DataContent { Author = MessageAuthor.Agent, Data = JsonSerializer.SerializeToElement(new Dictionary<string, string>()) },
        ToolRequestDelta call => new ToolRequestContent { Author = MessageAuthor.Agent, ToolCallId = call.ToolCallId, Name = call.Name, Arguments = JsonSerializer.SerializeToElement(new Dictionary<string, string>()) },
        ToolResponseDelta call => new ToolResponseContent { Author = MessageAuthor.Agent, ToolCallId = call.ToolCallId, Name = call.Name, Content = JsonSerializer.SerializeToElement(call.ContentDelta) },
        ReasoningSummaryDelta summary => new ReasoningContent { Author = MessageAuthor.Agent, Summary = [summary.SummaryDelta], Content = [] },
        ReasoningContentDelta content => new ReasoningContent { Author = MessageAuthor.Agent, Summary = [], Content = [content.ContentDelta] },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string? TextOf(MessageDelta delta) => delta switch
    {
        TextDelta text => text.Text,
        DataDelta data => data.Data,
        ToolRequestDelta call => call.ArgumentsDelta,
        ToolResponseDelta call => call.ContentDelta,
        ReasoningSummaryDelta summary => summary.SummaryDelta,
        ReasoningContentDelta content => content.ContentDelta,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string KindOf(MessageDelta delta) => "DeltaType." + delta switch
    {
        TextDelta => "TEXT",
        DataDelta => "DATA",
        ToolRequestDelta => "TOOL_REQUEST",
        ToolResponseDelta => "TOOL_RESPONSE",
        ReasoningSummaryDelta => "REASONING_SUMMARY",
        _ => "REASONING_CONTENT",
    };

    private static JsonElement JsonObject(string text, string what, string entity, string field) => PythonJson.Parse(text).Value switch
    {
        { ValueKind: JsonValueKind.Object } json => json,
        { } other => throw new AcpException(AcpFailure.Refused, PydanticText.NoDictionary(entity, field, other), RpcError.InvalidParams),
        null => throw new AcpException(AcpFailure.Refused, $"Accumulated {what} is not valid JSON: {text}"),
    };
}
