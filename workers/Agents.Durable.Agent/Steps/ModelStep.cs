using System.Text.Json;
using Agents.Durable.Agent.Models;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Stream;
using Agents.Durable.Data.Transcripts;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Agent.Steps;

/// <summary>
/// Asks the model once: streams the answer, stores it, answers facts. A result that is stored is taken from there, whatever happened after it was; what is
/// missing then is only that viewers were told.
/// </summary>
internal sealed class ModelStep(
    RunStore store,
    TranscriptStore transcripts,
    ModelCallStore calls,
    AgentDefinitions definitions,
    ModelProviders models,
    ToolCatalog catalog,
    TaskStream stream,
    IOptions<AgentRuntimeOptions> options,
    IOptions<ModelPrices> prices,
    TimeProvider time)
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    /// <exception cref="StepException">The provider failed, or the definition cannot be used.</exception>
    public async Task<ModelFacts> RunAsync(ModelRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var facts = await AnswerAsync(request, call, cancellationToken);
        if (!request.Bodies)
        {
            return facts;
        }

        var said = await transcripts.FindAsync(call.TaskId, request.Head, cancellationToken)
            ?? throw new InvalidOperationException($"Task {call.TaskId} has a result of {request.CallId} and no message at {request.Head}.");
        return facts with { Text = said.Text, Calls = said.Calls?.Select(asked => new AskedCall(asked.Name, asked.Arguments)).ToArray() };
    }

    private async Task<ModelFacts> AnswerAsync(ModelRequest request, CallContext call, CancellationToken cancellationToken)
    {
        // At the same time, because nearly always there is no result yet.
        var (found, reading) = (calls.FindAsync(call.TaskId, request.CallId, cancellationToken), transcripts.ReadAsync(call.TaskId, request.Head, cancellationToken));
        await Task.WhenAll(found, reading);
        if (await found is { } stored)
        {
            // An attempt between that one and this may have begun to show its own answer over it before it died.
            var isShown = stored.Shown && stored.Attempt >= call.Attempt - 1;
            return await FromStoreAsync(stored with { Shown = isShown }, request, call, cancellationToken);
        }

        var definition = (await definitions.GetAsync(request.Definition, cancellationToken)).Definition;
        definition = definition with { Instructions = request.Overrides?.Instructions ?? definition.Instructions };
        await using var streamed = new StreamedAnswer(store, stream, time, call, request.CallId, options.Value.DeltaInterval);
        try
        {
            var tools = await catalog.BindAsync(definition, cancellationToken);
            if (request.Overrides?.Tools is { } offered)
            {
                tools = tools.Where(tool => offered.Contains(tool.Key)).ToDictionary();
            }

            var answer = await AskAsync(definition, tools, await reading, streamed, cancellationToken);
            using var reprieve = new Reprieve(time, cancellationToken);
            var message = answer.ToMessage(request.Number, streamed.Text, streamed.Reasoning);
            var facts = new ModelFacts
            {
                Tools = message.Calls?.Select(asked => tools.TryGetValue(asked.Name, out var tool) ? tool.Timeout.TotalSeconds : definition.Limits.ToolTimeoutSeconds).ToArray(),
                InputTokens = answer.InputTokens,
                OutputTokens = answer.OutputTokens,
                CostMicros = prices.Value.MicrosOf(definition.Model, answer.InputTokens, answer.OutputTokens),
            };
            await streamed.FlushAsync();
            return await StoreAsync(new Result(definition, message, facts), request, call, streamed, reprieve.Token);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && (e is OperationCanceledException or ToolException or ModelException))
        {
            // Whatever a provider or server makes of it: the step was told to stop.
            if (call.CancelRequested())
            {
                await streamed.CloseAsync(CancellationToken.None);
            }

            throw e as OperationCanceledException ?? new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (ToolException e)
        {
            throw await FailedAsync(new ModelException(e.Message, e) { Retryable = true }, definition, request, call, streamed, cancellationToken);
        }
        catch (ModelException e)
        {
            throw await FailedAsync(e, definition, request, call, streamed, cancellationToken);
        }
    }

    private async Task<ModelAnswer> AskAsync(
        ReactDefinition definition, IReadOnlyDictionary<string, BoundTool> tools, IReadOnlyList<TranscriptEntry> transcript, StreamedAnswer streamed, CancellationToken cancellationToken)
    {
        using var client = Client(definition);
        var answer = new ModelAnswer();
        var patience = TimeSpan.FromSeconds(definition.Limits.ModelTimeoutSeconds);
        using var silence = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        FailPoints.Pass(FailPoints.ModelBeforeRequest);
        try
        {
            var updates = client.GetStreamingResponseAsync(ChatHistory.Messages(definition, transcript), ChatHistory.Options(definition, tools), either.Token);
            await foreach (var update in ModelStream.ReadAsync(updates, time, either.Token))
            {
                silence.CancelAfter(patience);
                answer.Add(update, streamed);
            }

            return answer;
        }
        catch (Exception e) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelException($"The model was silent for {patience.TotalSeconds:0.###} s.", e) { Retryable = true };
        }
        catch (Exception e) when (e is not ModelException && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // Also what clients must not throw: left to the engine, it would be tried for ever and nobody told.
            throw new ModelException($"The model's provider failed: {e.GetBaseException().Message}", e) { Retryable = true };
        }
    }

    private IChatClient Client(ReactDefinition definition)
    {
        try
        {
            return models.Create(definition.Model);
        }
        catch (Exception e) when (e is not ModelException)
        {
            throw new ModelException($"The model's provider '{definition.Model.Provider}' cannot be used: {e.GetBaseException().Message}", e);
        }
    }

    private async Task<ModelFacts> StoreAsync(Result result, ModelRequest request, CallContext call, StreamedAnswer streamed, CancellationToken cancellationToken)
    {
        var messages = new List<VisibleMessage>(streamed.Messages(StreamingStatus.Done));
        var unused = streamed.PossibleIds.Except(messages.Select(message => message.Id)).ToArray();
        messages.AddRange((result.Message.Calls ?? []).Select(asked => Answers.Request(call.TaskId, asked)));
        FailPoints.Pass(FailPoints.ModelBeforeCommit);
        var shown = await store.InTransactionAsync(
            async connection =>
            {
                var row = new ModelCallResult
                {
                    Model = $"{result.Definition.Model.Provider}/{result.Definition.Model.Name}",
                    Facts = JsonSerializer.Serialize(result.Facts),
                    InputTokens = result.Facts.InputTokens,
                    OutputTokens = result.Facts.OutputTokens,
                    Attempt = call.Attempt,
                    CostMicros = result.Facts.CostMicros,
                };
                if (!await ModelCallStore.CompleteAsync(connection, call.TaskId, request.CallId, row, cancellationToken))
                {
                    return null;
                }

                await TranscriptStore.AppendAsync(connection, call.TaskId, [new TranscriptEntry(request.Head, result.Message)], cancellationToken);
                await VisibleMessages.RemoveAsync(connection, call.TaskId, unused, cancellationToken);
                return await VisibleMessages.PutAsync(connection, call.TaskId, messages, time.GetUtcNow(), cancellationToken);
            },
            cancellationToken);
        FailPoints.Pass(FailPoints.ModelAfterCommit);
        if (shown is null)
        {
            // An attempt that was thought dead was first: its answer is the one that counts.
            if (await calls.FindAsync(call.TaskId, request.CallId, cancellationToken) is { } first)
            {
                // This one has shown its own over it.
                return await FromStoreAsync(first with { Shown = false }, request, call, cancellationToken);
            }

            await streamed.CloseAsync(cancellationToken);
            throw new StepException("The task was begun anew meanwhile.");
        }

        await ShowAsync(shown, request, call, asked => asked is ToolRequestContent, cancellationToken);
        return result.Facts;
    }

    private async Task<ModelFacts> FromStoreAsync(StoredModelCall stored, ModelRequest request, CallContext call, CancellationToken cancellationToken)
    {
        if (!stored.Shown)
        {
            var message = await transcripts.FindAsync(call.TaskId, request.Head, cancellationToken)
                ?? throw new InvalidOperationException($"Task {call.TaskId} has a result of {request.CallId} and no message at {request.Head}.");
            var messages = new List<VisibleMessage>();
            if (message.Reasoning is { } reasoning)
            {
                messages.Add(Answers.Reasoning(call.TaskId, request.CallId, "reasoning", reasoning, StreamingStatus.Done));
            }

            if (message.Text.Length > 0)
            {
                messages.Add(Answers.Text(call.TaskId, request.CallId, "text", message.Text, StreamingStatus.Done));
            }

            messages.AddRange((message.Calls ?? []).Select(asked => Answers.Request(call.TaskId, asked)));
            var shown = await store.InTransactionAsync(
                connection => VisibleMessages.PutAsync(connection, call.TaskId, messages, time.GetUtcNow(), cancellationToken), cancellationToken);

            // This attempt supersedes what viewers saw of the one that brought the result, so it shows everything again, at once.
            await ShowAsync(shown, request, call, _ => true, cancellationToken);
        }

        return JsonSerializer.Deserialize<ModelFacts>(stored.Facts)!;
    }

    private async Task ShowAsync(IReadOnlyList<TaskMessage> shown, ModelRequest request, CallContext call, Func<MessageContent, bool> atOnce, CancellationToken cancellationToken)
    {
        if (shown.Count > 0)
        {
            var items = shown.Select(message => atOnce(message.Content)
                ? StreamItems.Full(message, request.CallId, call.Attempt)
                : StreamItems.Done(message, request.CallId, call.Attempt));
            await stream.AppendAsync(call.TaskId, [.. items], cancellationToken);
        }

        FailPoints.Pass(FailPoints.ModelAfterStream);
        await calls.MarkShownAsync(call.TaskId, request.CallId, cancellationToken);
    }

    private async Task<StepException> FailedAsync(
        ModelException failure, ReactDefinition definition, ModelRequest request, CallContext call, StreamedAnswer streamed, CancellationToken cancellationToken)
    {
        var failures = await calls.CountFailureAsync(call.TaskId, request.CallId, $"{definition.Model.Provider}/{definition.Model.Name}", cancellationToken);
        if (failure.Retryable && failures <= definition.Limits.ModelRetries)
        {
            var wait = TimeSpan.FromSeconds(Math.Min(s_longestWait.TotalSeconds, 0.5 * Math.Pow(2, Math.Min(failures - 1, 16))));
            return new StepException(failure.Message, failure) { RetryIn = failure.RetryAfter ?? wait };
        }

        await streamed.CloseAsync(cancellationToken);
        return new StepException(failure.Message, failure);
    }

    private sealed record Result(ReactDefinition Definition, TranscriptMessage Message, ModelFacts Facts);
}
