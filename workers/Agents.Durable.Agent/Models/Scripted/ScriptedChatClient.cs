using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Models.Scripted;

/// <summary>
/// A model that plays a script: the number of answers in the conversation so far selects the turn. It remembers nothing, so the same conversation gets the
/// same answer in any process, as often as it is asked. Without a script it repeats what the user said.
/// </summary>
internal sealed class ScriptedChatClient(IReadOnlyList<ScriptedTurn>? script, TimeProvider time) : IChatClient
{
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var turn = TurnFor(conversation);
        foreach (var delta in turn.Deltas)
        {
            await PauseAsync(turn, cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, delta);
        }

        if (turn.Deltas.Count == 0)
        {
            await PauseAsync(turn, cancellationToken);
        }

        if (turn.Error is { } error)
        {
            throw new ModelException(error.Message)
            {
                Retryable = error.Status is 408 or 429 or >= 500,
                RetryAfter = error.RetryAfter,
                Status = error.Status,
            };
        }

        var calls = turn.Calls.Select((call, index) => ToolCalls.Content($"call-{index}", call.Name, call.Arguments)).ToList<AIContent>();
        if (calls.Count > 0)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, calls);
        }

        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(Usage(conversation, turn))])
        {
            FinishReason = calls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private ScriptedTurn TurnFor(IReadOnlyList<ChatMessage> conversation)
    {
        var number = conversation.Count(message => message.Role == ChatRole.Assistant && message.AuthorName != Steps.ChatHistory.NoticeAuthor);
        if (script is null)
        {
            return new ScriptedTurn { Deltas = [conversation.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? ""] };
        }

        return number < script.Count ? script[number] : new ScriptedTurn { Deltas = [$"The script ends after {script.Count} turns."] };
    }

    private Task PauseAsync(ScriptedTurn turn, CancellationToken cancellationToken) =>
        turn.Delay > TimeSpan.Zero ? Task.Delay(turn.Delay, time, cancellationToken) : Task.CompletedTask;

    /// <summary>Four characters a token: near enough for limits and bills of a model that costs nothing.</summary>
    private static UsageDetails Usage(IReadOnlyList<ChatMessage> conversation, ScriptedTurn turn)
    {
        long read = conversation.Sum(message => message.Text.Length);
        long written = turn.Deltas.Sum(delta => delta.Length) + turn.Calls.Sum(call => call.Name.Length + call.Arguments.Length);
        return new UsageDetails { InputTokenCount = (read + 3) / 4, OutputTokenCount = (written + 3) / 4 };
    }
}
