using System.Text.Json;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Stream;
using Agents.Durable.Data.Transcripts;

namespace Agents.Durable.Agent.Steps;

/// <summary>
/// Writes down a tool call of the agent's own code as if a model had asked for it, so that it is made, shown and never made twice like every other, and the
/// model finds it in the conversation.
/// </summary>
internal sealed class AskStep(RunStore store, ModelCallStore calls, AgentDefinitions definitions, ToolCatalog catalog, TaskStream stream, TimeProvider time)
{
    /// <exception cref="StepException">The agent's tools cannot be had.</exception>
    public async Task<ModelFacts> RunAsync(AskRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var facts = await FactsAsync(request, call, cancellationToken);
        var asked = new TranscriptCall(CallIds.Tool(request.Number, 0), request.Tool, request.Arguments);
        var row = new ModelCallResult
        {
            Model = "",
            Facts = JsonSerializer.Serialize(facts),
            InputTokens = 0,
            OutputTokens = 0,
            Attempt = call.Attempt,
        };
        var shown = await store.InTransactionAsync(
            async connection =>
            {
                await ModelCallStore.CompleteAsync(connection, call.TaskId, request.CallId, row, cancellationToken);
                var message = new TranscriptMessage { Role = TranscriptRole.Assistant, Calls = [asked] };
                await TranscriptStore.AppendAsync(connection, call.TaskId, [new TranscriptEntry(request.Head, message)], cancellationToken);
                return await VisibleMessages.PutAsync(connection, call.TaskId, [Answers.Request(call.TaskId, asked)], time.GetUtcNow(), cancellationToken);
            },
            cancellationToken);
        FailPoints.Pass(FailPoints.AskAfterCommit);
        await stream.AppendAsync(call.TaskId, [.. shown.Select(message => StreamItems.Full(message, request.CallId, call.Attempt))], cancellationToken);
        await calls.MarkShownAsync(call.TaskId, request.CallId, cancellationToken);
        return facts;
    }

    private async Task<ModelFacts> FactsAsync(AskRequest request, CallContext call, CancellationToken cancellationToken)
    {
        if (await calls.FindAsync(call.TaskId, request.CallId, cancellationToken) is { } stored)
        {
            return JsonSerializer.Deserialize<ModelFacts>(stored.Facts)!;
        }

        var definition = (await definitions.GetAsync(request.Definition, cancellationToken)).Definition;
        try
        {
            var tools = await catalog.BindAsync(definition, cancellationToken);
            var time = tools.TryGetValue(request.Tool, out var tool) ? tool.Timeout.TotalSeconds : definition.Limits.ToolTimeoutSeconds;
            return new ModelFacts { Tools = [time] };
        }
        catch (ToolException e)
        {
            throw new StepException(e.Message, e) { RetryIn = call.Attempt > definition.Limits.ModelRetries ? null : TimeSpan.FromSeconds(0.5 * Math.Pow(2, Math.Min(call.Attempt - 1, 6))) };
        }
    }
}
