using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Models.Anthropic;

/// <summary>The package's client, with failures as the engine wants them.</summary>
internal sealed class AnthropicChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var written = new WrittenArguments();
        await using var updates = base.GetStreamingResponseAsync(Joined(messages), options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(updates, cancellationToken))
        {
            yield return written.With(updates.Current);
        }
    }

    /// <summary>All answers to the calls of one message are one message there, and a text that says nothing is refused.</summary>
    private static List<ChatMessage> Joined(IEnumerable<ChatMessage> messages)
    {
        var joined = new List<ChatMessage>();
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.Tool && joined is [.., { } last] && last.Role == ChatRole.Tool)
            {
                joined[^1] = new ChatMessage(ChatRole.Tool, [.. last.Contents, .. message.Contents]);
            }
            else if (message.Role == ChatRole.User && string.IsNullOrWhiteSpace(message.Text))
            {
                joined.Add(new ChatMessage(ChatRole.User, "(no text)"));
            }
            else if (message.Role != ChatRole.Assistant || !string.IsNullOrWhiteSpace(message.Text))
            {
                joined.Add(message);
            }
            else if (message.Contents.OfType<FunctionCallContent>().ToList<AIContent>() is { Count: > 0 } calls)
            {
                joined.Add(new ChatMessage(ChatRole.Assistant, calls));
            }
        }

        return joined;
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Describe(e);
        }
    }

    private static ModelException Describe(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is ModelException known)
            {
                return known;
            }

            if (cause is HttpRequestException or IOException)
            {
                return new ModelException($"The connection to the model's provider failed: {cause.GetBaseException().Message}", exception) { Retryable = true };
            }
        }

        return new ModelException($"The model's answer cannot be read: {exception.Message}", exception) { Retryable = true };
    }
}
