using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Agents.Durable.Agent.Models.OpenAi;

/// <summary>
/// OpenAI's package behind <see cref="IChatClient"/>. An answer counts only when the provider closed it with a finish reason: a connection that ends
/// without one looks complete to the package, and would make half a sentence, or half of a tool's arguments, the answer.
/// </summary>
internal sealed class OpenAiChatClient(ChatClient client) : IChatClient
{
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var calls = new List<PartialCall>();
        ChatFinishReason? finish = null;
        await using var updates = client.CompleteChatStreamingAsync(OpenAiRequest.Messages(messages), OpenAiRequest.Options(options), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(updates, cancellationToken))
        {
            var update = updates.Current;
            finish = update.FinishReason is { } reason ? Finish(reason) : finish;
            foreach (var part in update.ToolCallUpdates)
            {
                Collect(calls, part);
            }

            var contents = new List<AIContent>();
            foreach (var part in update.ContentUpdate)
            {
                if (!string.IsNullOrEmpty(part.Text))
                {
                    contents.Add(new TextContent(part.Text));
                }
            }

            if (!string.IsNullOrEmpty(update.RefusalUpdate))
            {
                contents.Add(new TextContent(update.RefusalUpdate));
            }

            if (update.Usage is { } usage)
            {
                contents.Add(new UsageContent(new UsageDetails { InputTokenCount = usage.InputTokenCount, OutputTokenCount = usage.OutputTokenCount }));
            }

            if (contents.Count > 0)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, contents);
            }
        }

        if (finish is null)
        {
            throw new ModelException("The model's answer broke off before its end.") { Retryable = true };
        }

        // Some servers say "stop" to an answer that calls tools.
        var complete = calls.OrderBy(call => call.Index).Select(call => call.ToContent()).ToList<AIContent>();
        yield return new ChatResponseUpdate(ChatRole.Assistant, complete) { FinishReason = complete.Count > 0 ? ChatFinishReason.ToolCalls : finish };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType.IsInstanceOfType(this) ? this : serviceType.IsInstanceOfType(client) ? client : null;

    public void Dispose()
    {
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<StreamingChatCompletionUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw OpenAiFailures.Describe(e);
        }
    }

    private static void Collect(List<PartialCall> calls, StreamingChatToolCallUpdate part)
    {
        // Some servers number all calls 0, and tell them apart by their ids alone.
        var call = calls.FindLast(known => known.Index == part.Index);
        if (call is null || (!string.IsNullOrEmpty(part.ToolCallId) && !string.IsNullOrEmpty(part.FunctionName) && call.Id is { } id && id != part.ToolCallId))
        {
            calls.Add(call = new PartialCall { Index = part.Index });
        }

        call.Id ??= string.IsNullOrEmpty(part.ToolCallId) ? null : part.ToolCallId;
        call.Name ??= string.IsNullOrEmpty(part.FunctionName) ? null : part.FunctionName;
        if (part.FunctionArgumentsUpdate is { } text && !text.ToMemory().IsEmpty)
        {
            call.Arguments.Append(text);
        }
    }

    private static ChatFinishReason Finish(OpenAI.Chat.ChatFinishReason reason) => reason switch
    {
        OpenAI.Chat.ChatFinishReason.Length => ChatFinishReason.Length,
        OpenAI.Chat.ChatFinishReason.ContentFilter => ChatFinishReason.ContentFilter,
        OpenAI.Chat.ChatFinishReason.ToolCalls or OpenAI.Chat.ChatFinishReason.FunctionCall => ChatFinishReason.ToolCalls,
        _ => ChatFinishReason.Stop,
    };

    private sealed class PartialCall
    {
        public required int Index { get; init; }
        public string? Id { get; set; }
        public string? Name { get; set; }
        public StringBuilder Arguments { get; } = new();

        public FunctionCallContent ToContent() => ToolCalls.Content(Id ?? "", Name ?? "", Arguments.Length > 0 ? Arguments.ToString() : "{}");
    }
}
