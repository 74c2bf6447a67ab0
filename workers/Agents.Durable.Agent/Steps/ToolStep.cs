using System.Globalization;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Agent.Tools.Workspace;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Effects;
using Agents.Durable.Data.Stream;
using Agents.Durable.Data.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agents.Durable.Agent.Steps;

/// <summary>
/// Makes one call that a model asked for: intent into the ledger, the call, its answer into ledger, transcript and messages in one commit, then to the viewers.
/// What goes wrong in the tool is an answer to the model; what goes wrong here is tried again.
/// </summary>
internal sealed partial class ToolStep(
    RunStore store,
    TranscriptStore transcripts,
    EffectLedger ledger,
    AgentDefinitions definitions,
    ToolCatalog catalog,
    TaskStream stream,
    IOptions<AgentRuntimeOptions> options,
    TimeProvider time,
    ILogger<ToolStep> logger)
{
    private const int LongestResult = 200_000;

    /// <exception cref="StepException">The connection to the outside failed in a way that is worth another try.</exception>
    public async Task<ToolFacts> RunAsync(ToolRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var facts = await MakeAsync(request, call, cancellationToken);
        return request.Bodies && !facts.Ask && await ledger.FindAsync(call.TaskId, request.CallId, cancellationToken) is EffectState.Done done
            ? facts with { Content = done.Result.Content, IsError = done.Result.IsError }
            : facts;
    }

    private async Task<ToolFacts> MakeAsync(ToolRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var state = await ledger.FindAsync(call.TaskId, request.CallId, cancellationToken);
        var asked = await AskedAsync(request, call, cancellationToken);
        if (state is EffectState.Done done)
        {
            await ShowAgainAsync(done, asked, call, cancellationToken);
            return new ToolFacts(false);
        }

        Bound bound;
        try
        {
            bound = await BindAsync(request, asked, call, cancellationToken);
        }
        catch (ToolException e)
        {
            await ledger.BeginAsync(Intent(call, asked, Effect.Pure), cancellationToken);
            await AnswerAsync(ToolResult.Error(e.Message), request, asked, call, cancellationToken);
            return new ToolFacts(false);
        }

        return await RecoverOrRunAsync(state, bound, request, call, cancellationToken);
    }

    private async Task<ToolFacts> RecoverOrRunAsync(EffectState state, Bound bound, ToolRequest request, CallContext call, CancellationToken cancellationToken)
    {
        if (state is EffectState.Unknown unknown)
        {
            var recovery = UnknownOutcome.Decide(bound.Effect, bound.Tool.Tool is IVerifiableTool && unknown.Plan is not null, bound.Tool.OnUnknown, unknown.Decision);
            var reason = "the worker was lost while it ran";
            if (recovery == Recovery.Probe)
            {
                switch (await ((IVerifiableTool)bound.Tool.Tool).ProbeAsync(bound.Call, unknown.Plan!, cancellationToken))
                {
                    case ToolProbe.Happened happened:
                        await AnswerAsync(happened.Result, request, bound.Asked, call, cancellationToken);
                        return new ToolFacts(false);
                    case ToolProbe.Missing:
                        recovery = Recovery.Rerun;
                        break;
                    case ToolProbe.Unclear unclear:
                        reason = unclear.Reason.TrimEnd('.');
                        recovery = UnknownOutcome.Unsafe(bound.Tool.OnUnknown, unknown.Decision);
                        break;
                }
            }

            LogUnknown(request.CallId, call.TaskId, bound.Asked.Name, recovery);
            switch (recovery)
            {
                case Recovery.Ask:
                    return await AskAsync(reason, bound.Asked, call, cancellationToken);
                case Recovery.GiveUp:
                    await AnswerAsync(ToolResult.Error($"It is not known whether this call took effect ({reason}). It was not made again."), request, bound.Asked, call, cancellationToken);
                    return new ToolFacts(false);
                case Recovery.RerunAsDecided when !await ledger.UseRetryAsync(call.TaskId, request.CallId, cancellationToken):
                    return await AskAsync(reason, bound.Asked, call, cancellationToken);
            }
        }

        return await CallAsync(state, bound, request, call, cancellationToken);
    }

    private async Task<ToolFacts> CallAsync(EffectState state, Bound bound, ToolRequest request, CallContext call, CancellationToken cancellationToken)
    {
        ToolResult result;
        var storing = cancellationToken;
        using var reprieve = new Reprieve(time, cancellationToken);
        using var timeout = new CancellationTokenSource(bound.Tool.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            if (state is EffectState.First)
            {
                var plan = bound.Tool.Tool is IVerifiableTool verifiable && bound.Effect == Effect.Verifiable ? await verifiable.PlanAsync(bound.Call, either.Token) : null;
                await ledger.BeginAsync(Intent(call, bound.Asked, bound.Effect) with { Plan = plan }, cancellationToken);
            }

            FailPoints.Pass(FailPoints.ToolAfterIntent);
            if (bound.Effect == Effect.Transactional && bound.Tool.Tool is ITransactionalTool transactional)
            {
                await AnswerAsync(connection => transactional.InvokeAsync(bound.Call, connection, either.Token), request, bound.Asked, call, cancellationToken);
                return new ToolFacts(false);
            }

            result = await ToolInvocation.RunAsync(bound.Tool.Tool, bound.Call, time, either.Token);
            if (!cancellationToken.IsCancellationRequested)
            {
                // Not what a tool answers because it was told to stop: another attempt does better.
                storing = reprieve.Token;
            }
        }
        catch (ToolException e) when (e.OutcomeUnknown)
        {
            return await BrokenAsync(e, bound, request, call, cancellationToken);
        }
        catch (ToolException e)
        {
            result = ToolResult.Error(e.Message);
        }
        catch (Exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var unclear = bound.Effect == Effect.Pure ? "" : " Whether it had an effect is not known.";
            result = ToolResult.Error(string.Create(CultureInfo.InvariantCulture, $"{bound.Asked.Name} did not finish within {bound.Tool.Timeout.TotalSeconds:0.###} s.{unclear}"));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not (NpgsqlException or CrashException))
        {
            // A bug in a tool must not stop the agent; the details are for the log, the kind of failure for the model.
            LogToolFailed(e, bound.Asked.Name, request.CallId, call.TaskId);
            result = ToolResult.Error($"{bound.Asked.Name} failed: {e.Message}");
        }

        FailPoints.Pass(FailPoints.ToolAfterEffect);
        if (state is EffectState.First && result.IsError)
        {
            // Planning may have failed before the intent was written.
            await ledger.BeginAsync(Intent(call, bound.Asked, bound.Effect), storing);
        }

        await AnswerAsync(result, request, bound.Asked, call, storing);
        return new ToolFacts(false);
    }

    /// <summary>The connection broke while the call was out.</summary>
    private async Task<ToolFacts> BrokenAsync(ToolException failure, Bound bound, ToolRequest request, CallContext call, CancellationToken cancellationToken)
    {
        var repeatable = UnknownOutcome.Decide(bound.Effect, bound.Tool.Tool is IVerifiableTool, bound.Tool.OnUnknown, null) is Recovery.Rerun or Recovery.Probe;
        if (repeatable && call.Attempt < options.Value.ConnectionTries)
        {
            throw new StepException(failure.Message, failure) { RetryIn = TimeSpan.FromSeconds(0.2 * Math.Pow(2, call.Attempt - 1)) };
        }

        if (!repeatable && UnknownOutcome.Unsafe(bound.Tool.OnUnknown, null) == Recovery.Ask)
        {
            return await AskAsync(failure.Message.TrimEnd('.'), bound.Asked, call, cancellationToken);
        }

        var unclear = bound.Effect == Effect.Pure ? "" : " Whether it had an effect is not known.";
        await AnswerAsync(ToolResult.Error(failure.Message + unclear), request, bound.Asked, call, cancellationToken);
        return new ToolFacts(false);
    }

    private async Task<ToolFacts> AskAsync(string reason, TranscriptCall asked, CallContext call, CancellationToken cancellationToken)
    {
        var shown = await store.InTransactionAsync(
            async connection =>
            {
                await EffectLedger.AskAsync(connection, call.TaskId, asked.Id, cancellationToken);
                return await VisibleMessages.PutAsync(connection, call.TaskId, [Answers.Question(call.TaskId, asked, reason)], time.GetUtcNow(), cancellationToken);
            },
            cancellationToken);
        await ShowAsync(shown, asked.Id, call, cancellationToken);
        return new ToolFacts(true);
    }

    private Task AnswerAsync(ToolResult result, ToolRequest request, TranscriptCall asked, CallContext call, CancellationToken cancellationToken) =>
        AnswerAsync(_ => Task.FromResult(result), request, asked, call, cancellationToken);

    private async Task AnswerAsync(
        Func<NpgsqlConnection, Task<ToolResult>> make, ToolRequest request, TranscriptCall asked, CallContext call, CancellationToken cancellationToken)
    {
        var shown = await store.InTransactionAsync(
            async connection =>
            {
                var result = await make(connection);
                var content = result.Content.Length <= LongestResult ? result.Content : result.Content[..LongestResult] + "\n… cut off";
                var stands = await EffectLedger.CompleteAsync(connection, call.TaskId, asked.Id, new EffectResult(content, result.IsError), cancellationToken);
                await TranscriptStore.AppendAsync(connection, call.TaskId, [Answers.Tool(request.Position + 1 + request.Index, asked.Id, stands)], cancellationToken);
                return await VisibleMessages.PutAsync(connection, call.TaskId, [Answers.Response(call.TaskId, asked, stands)], time.GetUtcNow(), cancellationToken);
            },
            cancellationToken);
        FailPoints.Pass(FailPoints.ToolAfterCommit);
        await ShowAsync(shown, asked.Id, call, cancellationToken);
        FailPoints.Pass(FailPoints.ToolAfterStream);
        await ledger.MarkShownAsync(call.TaskId, asked.Id, cancellationToken);
    }

    private async Task ShowAgainAsync(EffectState.Done done, TranscriptCall asked, CallContext call, CancellationToken cancellationToken)
    {
        if (done.Shown)
        {
            return;
        }

        var shown = await store.InTransactionAsync(
            connection => VisibleMessages.PutAsync(connection, call.TaskId, [Answers.Response(call.TaskId, asked, done.Result)], time.GetUtcNow(), cancellationToken), cancellationToken);
        await ShowAsync(shown, asked.Id, call, cancellationToken);
        await ledger.MarkShownAsync(call.TaskId, asked.Id, cancellationToken);
    }

    private async Task ShowAsync(IReadOnlyList<TaskMessage> shown, string callId, CallContext call, CancellationToken cancellationToken)
    {
        if (shown.Count > 0)
        {
            await stream.AppendAsync(call.TaskId, [.. shown.Select(message => StreamItems.Full(message, callId, call.Attempt))], cancellationToken);
        }
    }

    private async Task<TranscriptCall> AskedAsync(ToolRequest request, CallContext call, CancellationToken cancellationToken) =>
        (await transcripts.FindAsync(call.TaskId, request.Position, cancellationToken))?.Calls?.ElementAtOrDefault(request.Index)
        ?? throw new InvalidOperationException($"Task {call.TaskId} has no call {request.Index} in its message at {request.Position}.");

    private async Task<Bound> BindAsync(ToolRequest request, TranscriptCall asked, CallContext call, CancellationToken cancellationToken)
    {
        var definition = (await definitions.GetAsync(request.Definition, cancellationToken)).Definition;
        var tools = await catalog.BindAsync(definition, cancellationToken);
        if (!tools.TryGetValue(asked.Name, out var tool) && !tools.TryGetValue(ToolNames.Acceptable(asked.Name), out tool))
        {
            throw new ToolException($"There is no tool '{asked.Name}'; there are {(tools.Count == 0 ? "none" : string.Join(", ", tools.Keys))}.");
        }

        var arguments = ArgumentCheck.Read(asked.Name, asked.Arguments, tool.Tool.Spec.Schema);
        return new Bound
        {
            Asked = asked,
            Tool = tool,
            Effect = tool.EffectOverride ?? tool.Tool.EffectOf(arguments),
            Call = new ToolCall
            {
                TaskId = call.TaskId,
                CallId = asked.Id,
                IdempotencyKey = IdempotencyKey.Of(call.TaskId, asked.Id),
                Arguments = arguments,
                Workspace = WorkspaceFolder.Open(options.Value.WorkspaceFolder, call.TaskId),
            },
        };
    }

    private static EffectIntent Intent(CallContext call, TranscriptCall asked, Effect effect) => new()
    {
        TaskId = call.TaskId,
        CallId = asked.Id,
        Tool = asked.Name,
        Effect = effect,
        Attempt = call.Attempt,
    };

    [LoggerMessage(LogLevel.Warning, "Call {CallId} of task {TaskId} ({Tool}) was begun before and its outcome is unknown: {Recovery}.")]
    private partial void LogUnknown(string callId, string taskId, string tool, Recovery recovery);

    [LoggerMessage(LogLevel.Error, "Tool {Tool} failed in call {CallId} of task {TaskId}.")]
    private partial void LogToolFailed(Exception exception, string tool, string callId, string taskId);

    private sealed record Bound
    {
        public required TranscriptCall Asked { get; init; }
        public required BoundTool Tool { get; init; }
        public required Effect Effect { get; init; }
        public required ToolCall Call { get; init; }
    }
}
