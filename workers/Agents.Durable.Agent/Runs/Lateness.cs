namespace Agents.Durable.Agent.Runs;

/// <summary>Which time limit has passed.</summary>
public enum Lateness
{
    None,
    Turn,
    Task,
}
