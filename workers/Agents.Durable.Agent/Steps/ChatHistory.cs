using System.Runtime.CompilerServices;
using Agents.Durable.Agent.Models;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Transcripts;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Steps;

/// <summary>A transcript as a model is given it.</summary>
internal static class ChatHistory
{
    /// <summary>Author of messages that no model wrote.</summary>
    public const string NoticeAuthor = "notice";

    // Arguments are parsed once and not with every later call, which in a long conversation is most of its work. Models read messages and change none.
    private static readonly ConditionalWeakTable<TranscriptMessage, ChatMessage> s_withCalls = [];

    public static IReadOnlyList<ChatMessage> Messages(ReactDefinition definition, IReadOnlyList<TranscriptEntry> transcript)
    {
        var messages = new List<ChatMessage>(transcript.Count + 1);
        if (definition.Instructions.Length > 0)
        {
            messages.Add(new ChatMessage(ChatRole.System, definition.Instructions));
        }

        messages.AddRange(transcript.Select(entry => Message(entry.Message)));
        return messages;
    }

    public static ChatOptions Options(ReactDefinition definition, IReadOnlyDictionary<string, BoundTool> tools)
    {
        var options = ModelParameters.ToOptions(definition.Model);
        options.Tools = [.. tools.Values.Select(tool => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Tool.Spec.Description, tool.Tool.Spec.Schema))];
        return options;
    }

    private static ChatMessage Message(TranscriptMessage message)
    {
        switch (message.Role)
        {
            case TranscriptRole.User:
                return new ChatMessage(ChatRole.User, message.Text);
            case TranscriptRole.Tool:
                return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(message.CallId ?? "", message.Text)]);
            default:
                return message.Calls is { Count: > 0 } ? s_withCalls.GetValue(message, Assistant) : Assistant(message);
        }
    }

    private static ChatMessage Assistant(TranscriptMessage message)
    {
        var contents = new List<AIContent>();
        if (message.Text.Length > 0)
        {
            contents.Add(new TextContent(message.Text));
        }

        // Servers read the calls of earlier answers as strictly as new ones: names that are none, and arguments that are no JSON, are handed back in a form that they take.
        contents.AddRange((message.Calls ?? []).Select(call => ToolCalls.Content(call.Id, ToolNames.Acceptable(call.Name), Answers.Arguments(call.Arguments).GetRawText())));
        return new ChatMessage(ChatRole.Assistant, contents) { AuthorName = message.Notice ? NoticeAuthor : null };
    }
}
