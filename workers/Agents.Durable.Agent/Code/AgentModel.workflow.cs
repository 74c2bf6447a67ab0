using System.Globalization;
using Agents.Durable.Agent.Runs;
using Temporalio.Exceptions;

namespace Agents.Durable.Agent.Code;

/// <summary>The model of the agent's definition.</summary>
public sealed class AgentModel
{
    private readonly CodeRun _run;

    internal AgentModel(CodeRun run) => _run = run;

    /// <summary>
    /// Asks the model once, with the whole conversation. Viewers see its words as they come; the answer is stored once and never paid for again, whatever crashes.
    /// Calls that an earlier answer asked for and nobody made are answered as not made, because no model accepts a conversation with calls unanswered.
    /// </summary>
    /// <param name="options">What this call does otherwise than the definition says.</param>
    /// <exception cref="ActivityFailureException">The model failed for good.</exception>
    /// <exception cref="ApplicationFailureException">The task has used the tokens that its definition allows.</exception>
    /// <exception cref="StoppedException">As in <see cref="AgentMessages.NextAsync"/>.</exception>
    public Task<ModelReply> CallAsync(ModelOptions? options = null) => _run.WithAllAnsweredAsync("thinking", async () =>
    {
        var state = _run.Run.State;
        if (state.Limits.MaxTokens is { } most && state.InputTokens + state.OutputTokens >= most)
        {
            throw new ApplicationFailureException(
                string.Create(CultureInfo.InvariantCulture, $"The task used {state.InputTokens + state.OutputTokens} tokens; its limit is {most}."), "AgentFailed", nonRetryable: true);
        }

        var overrides = options is null ? null : new ModelOverrides(options.Instructions, options.Tools);
        ModelFacts? facts = null;
        await _run.KeepAsync(async token => facts = await _run.Run.CallModelAsync(overrides, bodies: true, token));
        return new ModelReply
        {
            Text = facts!.Text ?? "",
            Calls = [.. (facts.Calls ?? []).Select((call, index) => new AskedTool(state.Calls, index, call.Name, call.Arguments))],
            InputTokens = facts.InputTokens,
            OutputTokens = facts.OutputTokens,
        };
    });
}

/// <summary>What a model call does otherwise than the agent's definition says.</summary>
public sealed record ModelOptions
{
    /// <summary>The system prompt. Default: the definition's.</summary>
    public string? Instructions { get; init; }

    /// <summary>Names of the tools that the model is offered; empty for none. Default: all of the definition.</summary>
    public IReadOnlyList<string>? Tools { get; init; }
}

/// <summary>What a model answered.</summary>
public sealed record ModelReply
{
    /// <summary>Its words; they have been shown.</summary>
    public required string Text { get; init; }

    /// <summary>The tools it asks for; they are not called by themselves.</summary>
    public required IReadOnlyList<AskedTool> Calls { get; init; }

    /// <summary>Tokens that it was given.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Tokens that it made.</summary>
    public required long OutputTokens { get; init; }
}

/// <summary>A tool that a model asks for.</summary>
/// <param name="Number">Of the model call in its task.</param>
/// <param name="Index">Of the tool call in the model's answer.</param>
/// <param name="Name">Of the tool.</param>
/// <param name="Arguments">As the model wrote them: usually the text of a JSON object, but nobody guarantees that. The tool step checks them.</param>
public sealed record AskedTool(int Number, int Index, string Name, string Arguments);
