using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agents.Durable.Agent.Tools.Mcp;

/// <summary>
/// One MCP server, over stdio or streamable HTTP: started or connected to when it is first needed, again when it died or forgot the session, given up when it does
/// not even answer a ping. Tasks share it.
/// </summary>
/// <param name="tries">Of a call that was certainly not made, because the server did not know the session or was not there.</param>
internal sealed partial class McpServer(string name, McpServerOptions options, HttpMessageHandler http, int tries, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private static readonly TimeSpan s_pingTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(0.2);
    private readonly HttpClient _http = CallRequest.Client(http, s_pingTime, time);
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
        catch (Exception e) when (options.Url is not null && e is not McpProtocolException && !either.IsCancellationRequested)
        {
            // The session is gone, or the connection: a new one begins with the list.
            await DropAsync(session);
            return (await ConnectAsync(cancellationToken)).Tools;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            session.Changed = true;
            throw new ToolException($"The MCP server '{name}' does not say which tools it has now: {e.GetBaseException().Message}", e);
        }
    }

    /// <summary>Makes a call; once, whatever its effect, unless it is certain that the server did not take it up.</summary>
    /// <exception cref="ToolException">The server refused, died or hangs. For the last two the outcome is unknown.</exception>
    public async Task<ToolResult> CallAsync(string tool, ToolCall call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            Session? session = null;
            try
            {
                session = await ConnectAsync(cancellationToken);
            }
            catch (ToolException e) when (attempt > 1 && attempt < tries)
            {
                LogHanging(name, e.Message);
            }

            if (session is not null && await CallAsync(session, tool, call, last: attempt >= tries, cancellationToken) is { } result)
            {
                return result;
            }

            await Task.Delay(s_pause * Math.Pow(2, attempt - 1), time, cancellationToken);
        }
    }

    /// <summary>The same in one session; null when that is lost, and the call is to be made in another.</summary>
    private async Task<ToolResult?> CallAsync(Session session, string tool, ToolCall call, bool last, CancellationToken cancellationToken)
    {
        using var request = CallRequest.Begin(options.Url is not null);
        session.Enter();
        try
        {
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
        catch (Exception e)
        {
            await request.SettleAsync(s_pingTime, time);
            if (request.SessionLost && !last)
            {
                LogHanging(name, e.GetBaseException().Message);
                // Others may wait for answers in it.
                Interlocked.CompareExchange(ref _session, null, session);
                session.Retired = true;
                return null;
            }

            throw await FailureAsync(session, request, tool, e);
        }
        finally
        {
            if (session.Leave())
            {
                await DropAsync(session);
            }
        }
    }

    private async Task<ToolException> FailureAsync(Session session, CallRequest request, string tool, Exception failure)
    {
        var reason = failure.GetBaseException().Message;
        if (request.NotMade)
        {
            return new ToolException($"The MCP server '{name}' refused {tool}: {reason}", failure);
        }

        // A protocol error can also mean that the process is gone: the pipe's end decides, not the kind of the exception.
        if (!session.Client.Completion.IsCompleted)
        {
            switch (failure)
            {
                case McpProtocolException:
                    return new ToolException($"{tool}: {failure.Message}", failure);
                case JsonException:
                    // It is there, and others have calls with it; the answer has come, and another one would be the same.
                    return new ToolException($"{tool} answered what is no result of a tool: {failure.Message}", failure);
            }
        }

        await DropAsync(session);
        return new ToolException($"The MCP server '{name}' {(options.Url is null ? "died" : "failed")} during {tool}: {reason}", failure) { OutcomeUnknown = true };
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
        {
            await DropAsync(session);
        }

        _http.Dispose();
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
        McpClient? client = null;
        var started = false;
        try
        {
            client = await McpClient.CreateAsync(Transport(), new McpClientOptions
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
            started = true;
            return session;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var reason = timeout.IsCancellationRequested ? $"it did not answer within {options.StartTimeout.TotalSeconds:0.#} s" : e.GetBaseException().Message;
            throw new ToolException($"The MCP server '{name}' cannot be {(options.Url is null ? "started" : "reached")}: {reason}", e);
        }
        finally
        {
            if (!started && client is not null)
            {
                // Nobody else knows of it, and the next try starts another.
                await EndAsync(client);
            }
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
            _http, loggers, ownsHttpClient: false)
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
        await EndAsync(session.Client);
    }

    /// <summary>Ends a session. One that does not let go does so without anybody waiting: this is outside of every call's time, and others wait to begin the next.</summary>
    private async Task EndAsync(McpClient client)
    {
        try
        {
            await DisposeAsync(client).WaitAsync(s_pingTime, time);
        }
        catch (TimeoutException)
        {
            LogHanging(name, "it does not let go of its session");
        }
    }

    private async Task DisposeAsync(McpClient client)
    {
        try
        {
            await client.DisposeAsync();
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
        private volatile bool _retired;
        private int _calls;

        public McpClient Client => client;

        public IReadOnlyList<Tool> Tools { get; set; } = [];

        /// <summary>The server said that it has other tools now.</summary>
        public bool Changed { get => _changed; set => _changed = value; }

        /// <summary>It gets no more calls, and ends with those that it has.</summary>
        public bool Retired { get => _retired; set => _retired = value; }

        public void Enter() => Interlocked.Increment(ref _calls);

        /// <summary>A call is over; true when it is for this one to end the session.</summary>
        public bool Leave() => Interlocked.Decrement(ref _calls) == 0 && Retired;
    }
}
