using System.Collections.Concurrent;
using System.Text.Json;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Effects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;

namespace Agents.Durable.Agent.Tools.Mcp;

/// <summary>The tools of MCP servers: those that the host configured, and, where definitions are trusted, those that definitions bring.</summary>
internal sealed class McpTools(IOptionsMonitor<McpServerOptions> servers, IOptions<AgentRuntimeOptions> runtime, IHttpMessageHandlerFactory http, TimeProvider time, ILoggerFactory loggers)
    : IToolSource, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, McpServer> _running = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => [];

    public async ValueTask<IReadOnlyList<ITool>?> FindAsync(ToolEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Mcp is not { } wanted)
        {
            return null;
        }

        var options = OptionsFor(wanted);
        // The whole configuration is the key: two definitions with other arguments do not share a process.
        var key = JsonSerializer.Serialize(new { wanted.Name, options.Url, options.Headers, options.Command, options.Args, options.Env });
        var server = _running.GetOrAdd(key, _ => new McpServer(wanted.Name, options, http.CreateHandler(ReactServices.HttpClientName), runtime.Value.ConnectionTries, time, loggers));
        return [.. (await server.ToolsAsync(cancellationToken)).Select(tool => new McpTool(server, tool))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _running.Values)
        {
            await server.DisposeAsync();
        }
    }

    private McpServerOptions OptionsFor(McpServerEntry wanted)
    {
        var configured = servers.Get(wanted.Name);
        if (configured.Command.Length > 0 || configured.Url is not null)
        {
            return configured;
        }

        if (wanted.Url is { } text)
        {
            // Anybody's definition may bring an address: the client refuses private ones where definitions are not trusted.
            if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                throw new ToolException($"The address '{text}' of the MCP server '{wanted.Name}' is no http or https address.");
            }

            var remote = new McpServerOptions { Url = url };
            foreach (var (name, value) in wanted.Headers)
            {
                remote.Headers[name] = value;
            }

            return remote;
        }

        if (string.IsNullOrEmpty(wanted.Command))
        {
            throw new ToolException($"The MCP server '{wanted.Name}' is not configured (Mcp:Servers:{wanted.Name}), and the definition gives neither command nor url for it.");
        }

        if (!runtime.Value.TrustDefinitions)
        {
            throw new ToolException($"The definition brings a command for the MCP server '{wanted.Name}'; this worker starts configured servers only (Agents:TrustDefinitions).");
        }

        var options = new McpServerOptions { Command = wanted.Command };
        foreach (var argument in wanted.Args)
        {
            options.Args.Add(argument);
        }

        foreach (var (name, value) in wanted.Env)
        {
            options.Env[name] = value;
        }

        return options;
    }

    private sealed class McpTool(McpServer server, Tool tool) : ITool
    {
        public ToolSpec Spec { get; } = new()
        {
            Name = tool.Name,
            Description = tool.Description ?? "",
            Schema = tool.InputSchema,
            Effect = tool.Annotations switch
            {
                { ReadOnlyHint: true } => Effect.Pure,
                { IdempotentHint: true } => Effect.Idempotent,
                _ => Effect.Unsafe,
            },
        };

        public Task<ToolResult> InvokeAsync(ToolCall call, CancellationToken cancellationToken) => server.CallAsync(tool.Name, call, cancellationToken);
    }
}
