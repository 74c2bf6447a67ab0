using Temporalio.Client.Calls;
using Temporalio.Client.Interceptors;

namespace Temporalio.Client;

/// <summary>A client of one namespace. Thread-safe, and meant to be shared.</summary>
public partial class TemporalClient : ITemporalClient
{
    public TemporalClient(ITemporalConnection connection, TemporalClientOptions options)
    {
        Connection = connection;
        Options = (TemporalClientOptions)options.Clone();
        foreach (var plugin in Options.Plugins ?? [])
        {
            plugin.ConfigureClient(Options);
        }
        OutboundInterceptor = new RootClientInterceptor(this);
        // From the inside out, so that the first is the outermost.
        foreach (var interceptor in (Options.Interceptors ?? []).Reverse())
        {
            OutboundInterceptor = interceptor.InterceptClient(OutboundInterceptor);
        }
    }

    public IBridgeClientProvider BridgeClientProvider => Connection;

    public ITemporalConnection Connection { get; }

    public WorkflowService WorkflowService => Connection.WorkflowService;

    public OperatorService OperatorService => Connection.OperatorService;

    public TemporalClientOptions Options { get; }

    public ClientOutboundInterceptor OutboundInterceptor { get; }

    /// <summary>Options of calls that are retried.</summary>
    protected static RpcOptions RetryRpcOptions { get; } = new() { Retry = true };

    /// <exception cref="InvalidOperationException">The server cannot be reached.</exception>
    public static async Task<TemporalClient> ConnectAsync(TemporalClientConnectOptions options)
    {
        Func<TemporalClientConnectOptions, Task<TemporalConnection>> connect = o => TemporalConnection.ConnectAsync(o);
        foreach (var plugin in (options.Plugins ?? []).Reverse())
        {
            var next = connect;
            connect = o => plugin.ConnectAsync(o, next);
        }
        return new(await connect(options).ConfigureAwait(false), options.ToClientOptions());
    }

    /// <summary>A client that connects with its first call. Plugins do not wrap that connecting.</summary>
    public static TemporalClient CreateLazy(TemporalClientConnectOptions options) =>
        new(TemporalConnection.CreateLazy(options), options.ToClientOptions());

    /// <summary>Retries unless the options say whether to.</summary>
    protected internal static RpcOptions DefaultRetryOptions(RpcOptions? origOptions)
    {
        if (origOptions is null)
        {
            return RetryRpcOptions;
        }
        if (origOptions.Retry is not null)
        {
            return origOptions;
        }
        var copy = (RpcOptions)origOptions.Clone();
        copy.Retry = true;
        return copy;
    }
}
