using System.Text.Json;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Transcripts;

namespace Agents.Durable.Agent.Steps;

/// <summary>Forms of what agents say, for the model and for people.</summary>
internal static class Answers
{
    private static readonly JsonDocumentOptions s_shallow = new() { MaxDepth = 48 };

    /// <summary>The answer to a call, in the transcript.</summary>
    public static TranscriptEntry Tool(int position, string callId, Data.Effects.EffectResult result) => new(position, new TranscriptMessage
    {
        Role = TranscriptRole.Tool,
        CallId = callId,
        Text = result.Content,
        IsError = result.IsError,
    });

    public static Data.Effects.EffectResult NotRun(string reason) => new($"This call was not made: {reason}.", true);

    public static Data.Effects.EffectResult Stopped(string reason) => new($"This call was stopped: {reason}. Whether it had an effect is not known.", true);

    public static VisibleMessage Text(string taskId, string callId, string part, string text, StreamingStatus status) =>
        new(VisibleMessage.IdOf(taskId, callId, part), new TextContent { Author = MessageAuthor.Agent, Format = TextFormat.Markdown, Content = text }, status);

    public static VisibleMessage Reasoning(string taskId, string callId, string part, string text, StreamingStatus status) =>
        new(VisibleMessage.IdOf(taskId, callId, part), new ReasoningContent { Author = MessageAuthor.Agent, Summary = [], Content = [text] }, status);

    public static VisibleMessage Request(string taskId, TranscriptCall call) =>
        new(VisibleMessage.IdOf(taskId, call.Id, "request"), new ToolRequestContent
        {
            Author = MessageAuthor.Agent,
            ToolCallId = call.Id,
            Name = call.Name,
            Arguments = Arguments(call.Arguments),
        }, StreamingStatus.Done);

    public static VisibleMessage Response(string taskId, TranscriptCall call, Data.Effects.EffectResult result) =>
        new(VisibleMessage.IdOf(taskId, call.Id, "response"), new ToolResponseContent
        {
            Author = MessageAuthor.Agent,
            ToolCallId = call.Id,
            Name = call.Name,
            Content = JsonSerializer.SerializeToElement(result.Content),
            IsError = result.IsError ? true : null,
        }, StreamingStatus.Done);

    /// <summary>Asks a person about a call of unknown outcome.</summary>
    public static VisibleMessage Question(string taskId, TranscriptCall call, string reason) =>
        new(VisibleMessage.IdOf(taskId, call.Id, "question"), new DataContent
        {
            Author = MessageAuthor.Agent,
            Data = JsonSerializer.SerializeToElement(new Dictionary<string, object>
            {
                ["kind"] = "unknown_outcome",
                ["tool_call_id"] = call.Id,
                ["tool"] = call.Name,
                ["question"] = $"It is not known whether {call.Name} took effect: {reason}. Make the call again?",
                ["answers"] = new[] { "retry", "skip" },
            }),
        }, StreamingStatus.Done);

    /// <summary>The contract wants an object that can still be read inside of a message, inside of a page; a model may have written anything.</summary>
    public static JsonElement Arguments(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(text) ? "{}" : text, s_shallow);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document.RootElement.Clone();
            }
        }
        catch (JsonException)
        {
            // Shown as the text that it is.
        }

        return JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["text"] = text });
    }
}
