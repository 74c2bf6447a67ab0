using Agents.Durable.Data.Effects;

namespace Agents.Durable.Agent.Tools;

/// <summary>
/// Makes a method a tool: its parameters become the schema, <c>[Description]</c> on it and on them is what the model reads. Parameters of type
/// <see cref="ToolCall"/> and <see cref="CancellationToken"/> are filled in, and, for transactional tools, one of type <c>NpgsqlConnection</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AgentToolAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>Default: unsafe, because a wrong guess here would repeat what must not be repeated.</summary>
    public Effect Effect { get; set; } = Effect.Unsafe;

    /// <summary>0 takes the agent's limit.</summary>
    public double TimeoutSeconds { get; set; }

    /// <summary>A further name under which definitions can ask for this and other tools together.</summary>
    public string? Group { get; set; }
}
