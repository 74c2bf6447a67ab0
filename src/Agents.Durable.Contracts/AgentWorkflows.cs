namespace Agents.Durable.Contracts;

/// <summary>
/// Where the gateway and the agent runtime meet on the engine: every task of one of our own agents is a workflow of one namespace, whose id is the task's id.
/// </summary>
public static class AgentWorkflows
{
    /// <summary>The namespace where the settings name none. Apart from <c>default</c>, where agents built on Agentex's SDK start workflows with the same ids.</summary>
    public const string Namespace = "agents";

    /// <summary>Served by the workers that run declarative agents. Code agents have a queue of their own, see <see cref="TaskQueueOf"/>.</summary>
    public const string TaskQueue = "agents";

    /// <summary>The workflow type of declarative agents. It needs no argument: the mailbox holds its input.</summary>
    public const string React = "react";

    /// <summary>Signal: there is mail up to the position that is its argument (<c>long</c>). It may come late, twice or for nothing.</summary>
    public const string Wake = "wake";

    /// <summary>The workflow type of a code agent is the agent's name, and so is its task queue.</summary>
    public static string TaskQueueOf(string codeAgent) => codeAgent;
}
