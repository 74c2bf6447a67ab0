namespace Agents.Durable.Agent.Tools.Mcp;

/// <summary>MCP servers that definitions can name; section <c>Mcp:Servers</c> of the configuration, by name.</summary>
public sealed class McpServerOptions
{
    /// <summary>Address of a server that speaks MCP over streamable HTTP; null for one that is started by <see cref="Command"/>.</summary>
    public Uri? Url { get; set; }

    /// <summary>Sent with every request to <see cref="Url"/>.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>();

    /// <summary>The program that speaks MCP on its standard input and output.</summary>
    public string Command { get; set; } = "";

    public IList<string> Args { get; } = [];

    /// <summary>Added to a small set of the worker's own variables (PATH, HOME and the like).</summary>
    public IDictionary<string, string?> Env { get; } = new Dictionary<string, string?>();

    /// <summary>Time to start and to introduce itself. Default 30 s: the first start of a package may have to fetch it.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
