using System.Text.Json;
using Agents.Durable.Agent.Runs;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Code;

/// <summary>
/// The tools of the agent's definition. Each call is in the ledger with an idempotency key that stays the same through any crash; what the tool does wrong is a
/// reply, and a call of unknown outcome is made again, looked up, or put to a person, as its effect class says.
/// </summary>
public sealed class AgentTools
{
    private readonly CodeRun _run;

    internal AgentTools(CodeRun run) => _run = run;

    /// <summary>Makes a call that the model asked for; its reply is in the conversation.</summary>
    /// <exception cref="InvalidOperationException">The call is made already, or was answered as not made by a later model call.</exception>
    /// <exception cref="StoppedException">As in <see cref="AgentMessages.NextAsync"/>.</exception>
    public async Task<ToolReply> CallAsync(AskedTool asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var calls = _run.Run.CallsOf(asked.Number) is { } open && open.ToMake.Contains(asked.Index)
            ? open
            : throw new InvalidOperationException($"Call {asked.Index} of the model's answer {asked.Number} is not open.");
        return Reply(await _run.CallToolAsync(calls, asked.Index));
    }

    /// <summary>Makes all calls of a model's answer, side by side; the replies come in their order.</summary>
    /// <inheritdoc cref="CallAsync(AskedTool)" path="/exception"/>
    public async Task<IReadOnlyList<ToolReply>> CallAllAsync(ModelReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return [.. await Workflow.WhenAllAsync(reply.Calls.Select(CallAsync).ToArray())];
    }

    /// <summary>Makes a call that no model asked for. It is shown, and takes its place in the conversation, like every other.</summary>
    /// <param name="tool">Its name, as the model would call it.</param>
    /// <param name="arguments">Becomes a JSON object.</param>
    /// <exception cref="StoppedException">As in <see cref="AgentMessages.NextAsync"/>.</exception>
    public async Task<ToolReply> CallAsync(string tool, object arguments)
    {
        var text = JsonSerializer.Serialize(arguments);
        var calls = await _run.InOrderAsync("using tools", () => _run.Run.AskAsync(tool, text));
        return Reply(await _run.CallToolAsync(calls, 0));
    }

    private static ToolReply Reply(ToolFacts facts) => new(facts.Content ?? "", facts.IsError);
}

/// <summary>What a tool answered.</summary>
/// <param name="Content">The answer, or what went wrong.</param>
/// <param name="IsError">Whether something did.</param>
public sealed record ToolReply(string Content, bool IsError);
