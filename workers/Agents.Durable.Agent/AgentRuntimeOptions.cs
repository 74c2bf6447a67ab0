using System.ComponentModel.DataAnnotations;

namespace Agents.Durable.Agent;

/// <summary>How this worker runs agents; section <c>Agents</c> of the configuration.</summary>
public sealed class AgentRuntimeOptions
{
    public const string Section = "Agents";

    /// <summary>Folder of the tasks' workspaces. Default <c>.data/workspaces</c>.</summary>
    [Required]
    public string WorkspaceFolder { get; set; } = Path.Combine(".data", "workspaces");

    /// <summary>
    /// Whether those who define agents may start programs (MCP servers) and reach private addresses through this worker. Default: only in development mode
    /// (<c>Auth:Mode=Development</c>).
    /// </summary>
    public bool TrustDefinitions { get; set; }

    /// <summary>A worker that is silent for this long is taken for dead, and what it did is done again elsewhere. Default 5 s.</summary>
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Events in a run's history after which it goes on in a new one. Default 2000, which is replayed in well under a second.</summary>
    [Range(20, 40_000)]
    public int HistoryEvents { get; set; } = 2_000;

    /// <summary>How long calls in hand may go on when the worker stops; what is not done by then is done again by another. Default 5 s.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The least time between two pieces of a streamed text; the first one goes at once. Default 20 ms.</summary>
    public TimeSpan DeltaInterval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Tries of a call that can be repeated without harm and fails at the connection, before the model is told. Default 3.</summary>
    [Range(1, 100)]
    public int ConnectionTries { get; set; } = 3;

    /// <summary>Model and tool calls that this worker makes at the same time. Default 200.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentCalls { get; set; } = 200;
}
