using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Health.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc.Client;
using Temporalio.Rpc.Server;

namespace Temporalio.Rpc.Tests;

/// <summary>What every transport promises; one subclass a transport.</summary>
public abstract class RpcTransportTests
{
    private protected static readonly RpcMethod Check = new(GrpcHealthV1Reflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.ServiceDescriptor>("Health").FindMethodByName("Check"));
    private protected static readonly RpcMethod GetHistory =
        new(TemporalApiWorkflowserviceV1Reflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.ServiceDescriptor>("WorkflowService").FindMethodByName("GetWorkflowExecutionHistory"));

    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A client of <paramref name="router"/>, disposed by the caller.</summary>
    private protected abstract Task<IAsyncDisposable> ConnectAsync(RpcRouter router, RpcServerLimits limits, Action<IRpcInvoker> connected);

    [Fact]
    public async Task Invoke_KnownMethod_AnswersWithMetadata()
    {
        RpcContext? seen = null;
        var answer = await CallAsync(
            (request, context) =>
            {
                seen = context;
                return Reply(HealthCheckResponse.Types.ServingStatus.Serving);
            },
            new RpcCallOptions
            {
                Metadata = new Dictionary<string, string> { ["client-name"] = "tests" },
                BinaryMetadata = new Dictionary<string, byte[]> { ["trace-bin"] = [0, 255, 7, 1] },
                Timeout = Patience,
            });
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        Assert.Equal("tests", seen!.Metadata["client-name"]);
        Assert.Equal([0, 255, 7, 1], seen.BinaryMetadata["trace-bin"]);
        Assert.NotNull(seen.Deadline);
    }

    [Fact]
    public async Task Invoke_HandlerRefuses_FaultHasCodeTextAndDetails()
    {
        var fault = await Assert.ThrowsAsync<RpcFault>(() => CallAsync((_, _) => throw new RpcFault(
            RpcStatusCode.NotFound, "Namespace ü 100% is not found.", new NamespaceNotFoundFailure { Namespace = "ü" })));
        Assert.Equal((RpcStatusCode.NotFound, "Namespace ü 100% is not found."), (fault.Code, fault.Message));
        Assert.Equal("ü", Assert.Single(fault.Details).Unpack<NamespaceNotFoundFailure>().Namespace);
    }

    [Fact]
    public async Task Invoke_UnknownMethod_IsUnimplemented()
    {
        IRpcInvoker client = null!;
        await using var connection = await ConnectAsync(new RpcRouter(), new RpcServerLimits(), c => client = c);
        var fault = await Assert.ThrowsAsync<RpcFault>(() => client.InvokeAsync(Check, new HealthCheckRequest(), new RpcCallOptions()));
        Assert.Equal((RpcStatusCode.Unimplemented, "unknown service grpc.health.v1.Health"), (fault.Code, fault.Message));
    }

    [Fact]
    public async Task Invoke_HandlerThrows_IsInternalAndNamesTheMethod()
    {
        var fault = await Assert.ThrowsAsync<RpcFault>(() => CallAsync((_, _) => throw new InvalidOperationException("broken")));
        Assert.Equal((RpcStatusCode.Internal, "Check failed: broken"), (fault.Code, fault.Message));
    }

    [Fact]
    public async Task Invoke_DeadlinePasses_HandlerIsCancelledAndCallerTold()
    {
        // A busy machine may take longer than a short deadline to reach the handler at all: then the next one is longer.
        for (var timeout = TimeSpan.FromMilliseconds(50); timeout < Patience; timeout *= 2)
        {
            var started = new TaskCompletionSource();
            var cancelled = new TaskCompletionSource();
            var fault = await Assert.ThrowsAsync<RpcFault>(() => CallAsync(
                (_, context) =>
                {
                    started.SetResult();
                    return WaitForCancellation(context, cancelled);
                },
                new RpcCallOptions { Timeout = timeout },
                () => started.Task.IsCompleted ? cancelled.Task.WaitAsync(Patience) : Task.CompletedTask));
            Assert.Equal(RpcStatusCode.DeadlineExceeded, fault.Code);
            if (cancelled.Task.IsCompleted)
            {
                return;
            }
        }

        Assert.Fail("No deadline was long enough to reach the handler.");
    }

    [Fact]
    public async Task Invoke_CallerCancels_HandlerIsCancelled()
    {
        using var source = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var call = CallAsync(
            (_, context) =>
            {
                started.SetResult();
                return WaitForCancellation(context, cancelled);
            },
            new RpcCallOptions { CancellationToken = source.Token },
            () => cancelled.Task.WaitAsync(Patience));
        await started.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(200_000)]
    public async Task Invoke_RequestOverTheLimit_IsResourceExhausted(int limit)
    {
        var fault = await Assert.ThrowsAsync<RpcFault>(() => CallAsync(
            (_, _) => Reply(default), request: new HealthCheckRequest { Service = new string('x', limit + 1) }, limits: new RpcServerLimits { MaxReceiveSize = limit }));
        Assert.Equal(RpcStatusCode.ResourceExhausted, fault.Code);
        Assert.StartsWith("grpc: received message larger than max", fault.Message);
    }

    [Fact]
    public async Task Invoke_RequestAtTheLimit_Passes()
    {
        var request = new HealthCheckRequest { Service = new string('x', 100_000) };
        var answer = await CallAsync((r, _) => Reply((HealthCheckResponse.Types.ServingStatus)(((HealthCheckRequest)r).Service.Length % 3)),
            request: request, limits: new RpcServerLimits { MaxReceiveSize = request.CalculateSize() });
        Assert.Equal(100_000 % 3, (int)answer.Status);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    public async Task Invoke_ReplyWithRawSegments_ArrivesAsOneMessage(int compressFrom)
    {
        var router = new RpcRouter();
        router.Add(GetHistory.Descriptor, (_, _) =>
        {
            var segments = Enumerable.Range(1, 300)
                .Select(i => (ReadOnlyMemory<byte>)new Api.History.V1.History { Events = { new Api.History.V1.HistoryEvent { EventId = i } } }.ToByteArray());
            return new(new RpcReply(new GetWorkflowExecutionHistoryResponse { NextPageToken = ByteString.CopyFromUtf8("next") }, new RawField(1, [.. segments])));
        });
        IRpcInvoker client = null!;
        await using var connection = await ConnectAsync(router, new RpcServerLimits { CompressFrom = compressFrom }, c => client = c);
        var answer = (GetWorkflowExecutionHistoryResponse)await client.InvokeAsync(GetHistory, new GetWorkflowExecutionHistoryRequest(), new RpcCallOptions());
        Assert.Equal(Enumerable.Range(1, 300).Select(i => (long)i), answer.History.Events.Select(e => e.EventId));
        Assert.Equal("next", answer.NextPageToken.ToStringUtf8());
    }

    private static async ValueTask<RpcReply> WaitForCancellation(RpcContext context, TaskCompletionSource cancelled)
    {
        var left = new TaskCompletionSource();
        await using var registration = context.CancellationToken.Register(left.SetResult);
        await left.Task;
        cancelled.TrySetResult();
        throw new OperationCanceledException(context.CancellationToken);
    }

    private static ValueTask<RpcReply> Reply(HealthCheckResponse.Types.ServingStatus status) => new(new RpcReply(new HealthCheckResponse { Status = status }));

    private async Task<HealthCheckResponse> CallAsync(
        RpcHandler handler, RpcCallOptions? options = null, Func<Task>? beforeClosing = null, HealthCheckRequest? request = null, RpcServerLimits? limits = null)
    {
        var router = new RpcRouter();
        router.Add(Check.Descriptor, handler);
        IRpcInvoker client = null!;
        await using var connection = await ConnectAsync(router, limits ?? new RpcServerLimits(), c => client = c);
        try
        {
            return (HealthCheckResponse)await client.InvokeAsync(Check, request ?? new HealthCheckRequest(), options ?? new RpcCallOptions());
        }
        finally
        {
            await (beforeClosing?.Invoke() ?? Task.CompletedTask);
        }
    }
}
