using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Health.V1;
using Microsoft.Win32.SafeHandles;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Exceptions;
using Temporalio.Rpc;
using Temporalio.Rpc.Client;

namespace Temporalio.Client;

/// <summary>A connection to the server. Thread-safe, and meant to be shared.</summary>
public sealed class TemporalConnection : ITemporalConnection
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longPollTimeout = TimeSpan.FromSeconds(70);
    private static readonly SafeHandle s_bridgeClient = new SafeWaitHandle(IntPtr.Zero, ownsHandle: false);
    private static readonly RpcServiceMethods s_health = new(GrpcHealthV1Reflection.Descriptor.Services[0]);

    private readonly IRpcInvoker _invoker;
    private readonly RpcRetryOptions _retry;
    private readonly Lock _gate = new();
    private TaskCompletionSource? _connecting;
    private volatile ConnectionMetadata _metadata;
    private volatile bool _connected;

    private TemporalConnection(TemporalConnectionOptions options, IRpcInvoker invoker)
    {
        Options = (TemporalConnectionOptions)options.Clone();
        Options.Identity ??= $"{Environment.ProcessId}@{Environment.MachineName}";
        _invoker = invoker;
        _retry = Options.RpcRetry ?? new();
        _metadata = new(Options.RpcMetadata ?? [], Options.RpcBinaryMetadata ?? [], Options.ApiKey);
        WorkflowService = new WorkflowService.Core(this);
        OperatorService = new OperatorService.Core(this);
        CloudService = new CloudService.Core(this);
        TestService = new TestService.Core(this);
    }

    public IReadOnlyCollection<KeyValuePair<string, string>> RpcMetadata
    {
        get => _metadata.Metadata;
        set => _metadata = _metadata.With(metadata: value);
    }

    public IReadOnlyCollection<KeyValuePair<string, byte[]>> RpcBinaryMetadata
    {
        get => _metadata.Binary;
        set => _metadata = _metadata.With(binary: value);
    }

    public string? ApiKey
    {
        get => _metadata.ApiKey;
        set => _metadata = _metadata.WithApiKey(value);
    }

    public WorkflowService WorkflowService { get; }

    public OperatorService OperatorService { get; }

    public CloudService CloudService { get; }

    public TestService TestService { get; }

    public TemporalConnectionOptions Options { get; }

    public bool IsConnected => _connected;

    public SafeHandle? BridgeClient => _connected ? s_bridgeClient : null;

    /// <summary>What the server can do, known once connected.</summary>
    internal GetSystemInfoResponse.Types.Capabilities Capabilities { get; private set; } = new();

    /// <exception cref="InvalidOperationException">The server cannot be reached.</exception>
    public static async Task<TemporalConnection> ConnectAsync(TemporalConnectionOptions options)
    {
        var connection = CreateLazy(options);
        await connection.ConnectAsync().ConfigureAwait(false);
        return connection;
    }

    /// <summary>A connection that connects with its first call.</summary>
    public static TemporalConnection CreateLazy(TemporalConnectionOptions options) =>
        new(options, new RpcChannel(ConnectionTransport.Of(options)));

    /// <summary>A connection over a given transport, for tests and simulation.</summary>
    internal static TemporalConnection Over(IRpcInvoker invoker, TemporalConnectionOptions options) => new(options, invoker);

    /// <summary>The way to the server for a worker's core, with this connection's metadata as it is at each call.</summary>
    /// <summary>The workers on this connection.</summary>
    internal Worker.Core.Polling.EagerStarts EagerStarts { get; } = new();

    internal Worker.Core.Polling.CoreClient ForWorker(string workerNamespace) => new(_invoker)
    {
        Metadata = () => _metadata.For(workerNamespace, null),
        BinaryMetadata = () => _metadata.ForBinary(null),
        EagerStarts = EagerStarts,
    };

    public async Task<bool> CheckHealthAsync(RpcService? service = null, RpcOptions? options = null)
    {
        var request = new HealthCheckRequest { Service = (service ?? WorkflowService).FullName };
        var response = await InvokeRpcAsync<HealthCheckResponse>(s_health["Check"], request, options).ConfigureAwait(false);
        return response.Status == HealthCheckResponse.Types.ServingStatus.Serving;
    }

    public async Task ConnectAsync()
    {
        if (_connected)
        {
            return;
        }
        TaskCompletionSource connecting;
        bool first;
        lock (_gate)
        {
            first = _connecting is null;
            connecting = _connecting ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        if (first)
        {
            try
            {
                await LearnCapabilitiesAsync().ConfigureAwait(false);
                _connected = true;
                connecting.SetResult();
            }
            catch (Exception e)
            {
                // Those who wait for this attempt share its end; who comes later tries again.
                _connecting = null;
                connecting.SetException(e);
            }
        }
        await connecting.Task.ConfigureAwait(false);
    }

    /// <summary>Makes a call, connected or not, and retries it if asked to.</summary>
    /// <exception cref="RpcException">The call failed.</exception>
    /// <exception cref="OperationCanceledException">The token of the options was cancelled.</exception>
    internal async Task<T> InvokeRpcAsync<T>(ClientMethod method, IMessage request, RpcOptions? options)
        where T : IMessage<T>
    {
        if (!_connected)
        {
            await ConnectAsync().ConfigureAwait(false);
        }
        return await CallAsync<T>(method, request, options).ConfigureAwait(false);
    }

    private async Task<T> CallAsync<T>(ClientMethod method, IMessage request, RpcOptions? options)
        where T : IMessage<T>
    {
        var metadata = _metadata;
        var call = new RpcCallOptions
        {
            Timeout = options?.Timeout ?? (method.IsLongPoll(request) ? s_longPollTimeout : s_callTimeout),
            Metadata = metadata.For(method.NamespaceOf(request), options?.Metadata),
            BinaryMetadata = metadata.ForBinary(options?.BinaryMetadata),
            CancellationToken = options?.CancellationToken ?? CancellationToken.None,
        };
        var retry = options?.Retry == true ? new RpcRetry(_retry, Options.TimeProvider, Random.Shared) : null;
        while (true)
        {
            try
            {
                return (T)await _invoker.InvokeAsync(method.Rpc, request, call).ConfigureAwait(false);
            }
            catch (RpcFault fault)
            {
                if (retry?.Next(fault) is not { } wait)
                {
                    throw new RpcException(fault);
                }
                await Task.Delay(wait, Options.TimeProvider, call.CancellationToken).ConfigureAwait(false);
                // What was given away is not sent again: the failed attempt may have left parts of it somewhere.
                request = Copy(request);
            }
        }
    }

    private static IMessage Copy(IMessage message) => message.Descriptor.Parser.ParseFrom(message.ToByteString());

    private async Task LearnCapabilitiesAsync()
    {
        try
        {
            var info = await CallAsync<GetSystemInfoResponse>(
                SystemInfoMethod, new GetSystemInfoRequest(), new() { Retry = false }).ConfigureAwait(false);
            Capabilities = info.Capabilities ?? new();
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.Unimplemented)
        {
            // Older than the call itself; it has none of the capabilities.
        }
        catch (RpcException e)
        {
            throw new InvalidOperationException($"Connection failed: {e.Message}", e);
        }
    }

    private static ClientMethod SystemInfoMethod { get; } =
        new(TemporalApiWorkflowserviceV1Reflection.Descriptor.Services[0].FindMethodByName("GetSystemInfo"));
}
