using System.Text.Json;
using Agents.Durable.Agent.Tools.Workspace;
using Agents.Durable.Data.Effects;
using Npgsql;

namespace Agents.Durable.Agent.Tools;

/// <summary>Something that a model can ask for. Implementations hold no state of a call and serve many at once.</summary>
public interface ITool
{
    ToolSpec Spec { get; }

    /// <summary>What this very call does to the world; the tool's general class unless the arguments tell more.</summary>
    Effect EffectOf(JsonElement arguments) => Spec.Effect;

    /// <summary>
    /// Makes the call. Its arguments fit the schema. It may come again with the same idempotency key after a crash, as far as its effect class allows.
    /// </summary>
    /// <exception cref="ToolException">It did not work; the message is for the model.</exception>
    Task<ToolResult> InvokeAsync(ToolCall call, CancellationToken cancellationToken);
}

/// <summary>A tool that can look whether a call of unknown outcome happened.</summary>
public interface IVerifiableTool : ITool
{
    /// <summary>What <see cref="ProbeAsync"/> needs to know of the world before the call; stored with the intent, so small.</summary>
    /// <inheritdoc cref="ITool.InvokeAsync" path="/exception"/>
    Task<string> PlanAsync(ToolCall call, CancellationToken cancellationToken);

    Task<ToolProbe> ProbeAsync(ToolCall call, string plan, CancellationToken cancellationToken);
}

/// <summary>A tool whose effect is in the database of this product: it happens in the transaction that marks the call done.</summary>
public interface ITransactionalTool : ITool
{
    /// <param name="connection">In a transaction that the caller commits or rolls back.</param>
    /// <inheritdoc cref="ITool.InvokeAsync"/>
    Task<ToolResult> InvokeAsync(ToolCall call, NpgsqlConnection connection, CancellationToken cancellationToken);
}

/// <summary>What a model is told of a tool, and what the engine has to know.</summary>
public sealed record ToolSpec
{
    /// <summary>Letters, digits, underscores and dashes; at most 64.</summary>
    public required string Name { get; init; }
    public string Description { get; init; } = "";

    /// <summary>JSON schema of the arguments; an object.</summary>
    public required JsonElement Schema { get; init; }
    public required Effect Effect { get; init; }

    /// <summary>Time of one call; null takes the agent's limit.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>One call of a tool.</summary>
public sealed record ToolCall
{
    public required string TaskId { get; init; }

    /// <summary>Unique in the task.</summary>
    public required string CallId { get; init; }

    /// <summary>The same in every attempt of this call; to be handed to the outside.</summary>
    public required IdempotencyKey IdempotencyKey { get; init; }

    /// <summary>An object that fits the schema.</summary>
    public required JsonElement Arguments { get; init; }

    /// <summary>The task's own folder.</summary>
    public required WorkspaceFolder Workspace { get; init; }
}

/// <param name="Content">For the model to read.</param>
public sealed record ToolResult(string Content, bool IsError = false)
{
    public static ToolResult Error(string message) => new(message, true);
}

/// <summary>What became of a call of unknown outcome.</summary>
public abstract record ToolProbe
{
    private ToolProbe()
    {
    }

    /// <summary>It happened, with this result.</summary>
    public sealed record Happened(ToolResult Result) : ToolProbe;

    /// <summary>It did not happen.</summary>
    public sealed record Missing : ToolProbe;

    /// <summary>It cannot be told.</summary>
    /// <param name="Reason">For people.</param>
    public sealed record Unclear(string Reason) : ToolProbe;
}

/// <summary>A call did not work, for a reason that the model should read: wrong arguments, no such file, refused by the other side.</summary>
public sealed class ToolException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether something may have happened at the outside all the same: the connection broke after the request was sent.</summary>
    public bool OutcomeUnknown { get; init; }
}
