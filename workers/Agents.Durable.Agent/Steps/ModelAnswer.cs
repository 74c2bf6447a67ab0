using Agents.Durable.Agent.Models;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Data;
using Agents.Durable.Data.Transcripts;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Steps;

/// <summary>A model's answer as it comes together.</summary>
internal sealed class ModelAnswer
{
    private const int LongestName = 200;

    /// <summary>Several times what any model says at once: one that never ends must not fill the memory.</summary>
    private const int LongestText = 4_000_000;
    private readonly List<FunctionCallContent> _calls = [];
    private bool _finished;
    private int _length;

    public long InputTokens { get; private set; }

    public long OutputTokens { get; private set; }

    /// <summary>Takes an update of the provider's; text goes on to <paramref name="streamed"/>.</summary>
    /// <exception cref="ModelException">The answer does not come to an end.</exception>
    public void Add(ChatResponseUpdate update, StreamedAnswer streamed)
    {
        _finished |= update.FinishReason is not null;
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent reasoning:
                    streamed.Add(PieceKind.Reasoning, Counted(reasoning.Text));
                    break;
                case TextContent text:
                    streamed.Add(PieceKind.Text, Counted(text.Text));
                    break;
                case FunctionCallContent call:
                    _calls.Add(call);
                    break;
                case UsageContent usage:
                    InputTokens += usage.Details.InputTokenCount ?? 0;
                    OutputTokens += usage.Details.OutputTokenCount ?? 0;
                    break;
            }
        }
    }

    /// <summary>The whole message; the calls get ids of ours, because providers' ids repeat.</summary>
    /// <exception cref="ModelException">It is none that can be used.</exception>
    public TranscriptMessage ToMessage(int number, string text, string reasoning)
    {
        if (!_finished)
        {
            throw new ModelException("The model's answer broke off before its end.") { Retryable = true };
        }

        if (_calls.Count > RunProgress.MostCalls)
        {
            throw new ModelException($"The model asked for {_calls.Count} calls at once; at most {RunProgress.MostCalls} are made.") { Retryable = true };
        }

        return new TranscriptMessage
        {
            Role = TranscriptRole.Assistant,
            Text = text,
            Reasoning = reasoning.Length > 0 ? reasoning : null,
            Calls = _calls.Count == 0 ? null : [.. _calls.Select((call, index) => new TranscriptCall(CallIds.Tool(number, index), NameOf(call), WellFormed.Json(ToolCalls.ArgumentsOf(call))))],
        };
    }

    private string Counted(string text) => (_length += text.Length) <= LongestText
        ? text
        : throw new ModelException($"The model's answer has more than {LongestText} characters.") { Retryable = true };

    private static string NameOf(FunctionCallContent call) => call.Name.Length <= LongestName ? call.Name : call.Name[..LongestName];
}
