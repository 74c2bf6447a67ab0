using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agents.Durable.Agent.Tools.Mcp;

/// <summary>
/// One MCP server, over stdio or streamable HTTP: started or connected to when it is first needed, again when it died, given up when it does not even answer
/// a ping. Tasks share it.
/// </summary>
internal sealed partial class McpServer(string name, McpServerOptions options, HttpClient http, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private static readonly TimeSpan s_pingTime = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly ILogger _logger = loggers.CreateLogger<McpServer>();
    private Session? _session;

    /// <summary>The server's tools.</summary>
    /// <exception cref="ToolException">It cannot be started, or does not answer.</exception>
    public async Task<IReadOnlyList<Tool>> ToolsAsync(CancellationToken cancellationToken)
    {
        var session = await ConnectAsync(cancellationToken);
        if (!session.Changed)
        {
            return session.Tools;
        }

        // What changes while it is asked is asked for again.
        session.Changed = false;
        using var timeout = new CancellationTokenSource(options.StartTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return session.Tools = await ListAsync(session.Client, either.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            session.Changed = true;
            throw new ToolException($"The MCP server '{name}' does not say which tools it has now: {e.GetBaseException().Message}", e);
        }
    }

    /// <exception cref="ToolException">The server refused, died or hangs. For the last two the outcome is unknown.</exception>
    public async Task<ToolResult> CallAsync(string tool, ToolCall call, CancellationToken cancellationToken)
    {
        var session = await ConnectAsync(cancellationToken);
        try
        {
            // A protocol error can also mean that the process is gone: the pipe's end decides, not the kind of the exception.
            var result = await session.Client.CallToolAsync(
                new CallToolRequestParams
                {
                    Name = tool,
                    Arguments = call.Arguments.EnumerateObject().ToDictionary(item => item.Name, item => item.Value),
                    Meta = new JsonObject { ["idempotencyKey"] = call.IdempotencyKey.Value },
                }, cancellationToken);
            return new ToolResult(McpResults.Text(result), result.IsError == true);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await DropIfHangingAsync(session);
            throw;
        }
        catch (McpException e) when (!session.Client.Completion.IsCompleted)
        {
            throw new ToolException($"{tool}: {e.Message}", e);
        }
        catch (JsonException e) when (!session.Client.Completion.IsCompleted)
        {
            // It is there, and others have calls with it; the answer has come, and another one would be the same.
            throw new ToolException($"{tool} answered what is no result of a tool: {e.Message}", e);
        }
        catch (Exception e)
        {
            await DropAsync(session);
            throw new ToolException($"The MCP server '{name}' {(options.Url is null ? "died" : "failed")} during {tool}: {e.GetBaseException().Message}", e) { OutcomeUnknown = true };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
        {
            await DropAsync(session);
        }

        _starting.Dispose();
    }

    private async Task<Session> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_session is { } open && !open.Client.Completion.IsCompleted)
        {
            return open;
        }

        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_session is { } other)
            {
                if (!other.Client.Completion.IsCompleted)
                {
                    return other;
                }

                await DropAsync(other);
            }

            return _session = await StartAsync(cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task<Session> StartAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.StartTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var client = await McpClient.CreateAsync(Transport(), new McpClientOptions
            {
                ClientInfo = new Implementation { Name = "agents-durable", Version = "0.1" },
                InitializationTimeout = options.StartTimeout,
            }, cancellationToken: either.Token);
            var session = new Session(client);
            client.RegisterNotificationHandler(NotificationMethods.ToolListChangedNotification, (_, _) =>
            {
                session.Changed = true;
                return ValueTask.CompletedTask;
            });
            session.Tools = await ListAsync(client, either.Token);
            LogStarted(name, session.Tools.Count);
            return session;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var reason = timeout.IsCancellationRequested ? $"it did not answer within {options.StartTimeout.TotalSeconds:0.#} s" : e.GetBaseException().Message;
            throw new ToolException($"The MCP server '{name}' cannot be {(options.Url is null ? "started" : "reached")}: {reason}", e);
        }
    }

    private static async Task<IReadOnlyList<Tool>> ListAsync(McpClient client, CancellationToken cancellationToken) =>
        [.. (await client.ListToolsAsync(cancellationToken: cancellationToken)).Select(tool => tool.ProtocolTool)];

    private IClientTransport Transport() => options.Url is { } url
        ? new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Name = name,
                Endpoint = url,
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = new Dictionary<string, string>(options.Headers),
            },
            http, loggers, ownsHttpClient: false)
        : new StdioClientTransport(new StdioClientTransportOptions
        {
            Name = name,
            Command = options.Command,
            Arguments = [.. options.Args],
            InheritEnvironmentVariables = false,
            EnvironmentVariables = Environment(),
            ShutdownTimeout = s_pingTime,
            StandardErrorLines = line => LogServerLine(name, line),
        });

    private Dictionary<string, string?> Environment()
    {
        var variables = StdioClientTransportOptions.GetDefaultEnvironmentVariables().ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (var (key, value) in options.Env)
        {
            variables[key] = value;
        }

        return variables;
    }

    private async Task DropIfHangingAsync(Session session)
    {
        using var timeout = new CancellationTokenSource(s_pingTime, time);
        try
        {
            await session.Client.PingAsync(cancellationToken: timeout.Token);
        }
        catch (Exception e)
        {
            LogHanging(name, e.Message);
            await DropAsync(session);
        }
    }

    private async Task DropAsync(Session session)
    {
        Interlocked.CompareExchange(ref _session, null, session);
        try
        {
            await session.Client.DisposeAsync();
        }
        catch (Exception e)
        {
            // The process is gone or being killed; what its pipe says to that changes nothing.
            LogHanging(name, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "MCP server {Server} started with {Count} tools.")]
    private partial void LogStarted(string server, int count);

    [LoggerMessage(LogLevel.Warning, "MCP server {Server} was given up: {Reason}")]
    private partial void LogHanging(string server, string reason);

    [LoggerMessage(LogLevel.Debug, "MCP server {Server} says: {Line}")]
    private partial void LogServerLine(string server, string line);

    private sealed class Session(McpClient client)
    {
        private volatile bool _changed;

        public McpClient Client => client;

        public IReadOnlyList<Tool> Tools { get; set; } = [];

        /// <summary>The server said that it has other tools now.</summary>
        public bool Changed { get => _changed; set => _changed = value; }
    }
}
