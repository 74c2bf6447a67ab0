using System.Runtime.CompilerServices;
using Agents.Durable.Agent.Models;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Effects;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Benchmarks.Context;

/// <summary>A model that asks for the tool <c>tick</c> until it has answered often enough. A script of that many turns would be read with every call.</summary>
internal sealed class LoopingModel(int calls) : IModelProvider
{
    public string Name => "looping";

    public IChatClient Create(ModelDefinition model) => new Client(calls);

    private sealed class Client(int calls) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            var conversation = (IReadOnlyList<ChatMessage>)messages;
            var number = conversation.Count(message => message.Role == ChatRole.Assistant);
            var read = conversation.Sum(message => (long)message.Text.Length) / 4;
            AIContent said = number + 1 < calls ? new FunctionCallContent("c", "tick", new Dictionary<string, object?> { ["number"] = number }) : new TextContent("Done.");
            yield return new ChatResponseUpdate(ChatRole.Assistant, [said, new UsageContent(new UsageDetails { InputTokenCount = read, OutputTokenCount = 10 })])
            {
                FinishReason = number + 1 < calls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
            };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}

/// <summary>The tool that it asks for.</summary>
internal sealed class Ticker
{
    [AgentTool("tick", Effect = Effect.Pure)]
    public string Tick(int number) => $"tick {number}";
}
