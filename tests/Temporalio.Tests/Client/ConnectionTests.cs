using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Client.Interceptors;
using Temporalio.Exceptions;
using Temporalio.Rpc;

namespace Temporalio.Tests.Client;

public class ConnectionTests
{
    private static readonly Action<TemporalConnectionOptions> s_fastRetries =
        o => o.RpcRetry = new() { InitialInterval = TimeSpan.FromMilliseconds(1), MaxRetries = 2 };

    [Fact]
    public async Task Calls_AnyCall_CarryTheMetadataOfConnectionAndCall()
    {
        var service = Describing(_ => new());
        var client = service.Client(o =>
        {
            o.ApiKey = "key";
            o.RpcMetadata = [new("A", "1"), new("b", "1")];
            o.RpcBinaryMetadata = [new("x-bin", [1])];
        });

        await client.WorkflowService.DescribeNamespaceAsync(
            new() { Namespace = "ns" }, new() { Metadata = [new("b", "2")], Timeout = TimeSpan.FromSeconds(5) });
        client.Connection.ApiKey = "other";
        await client.WorkflowService.DescribeNamespaceAsync(new());

        var contexts = service.Requests.Where(r => r.Request is DescribeNamespaceRequest).Select(r => r.Context).ToArray();
        var metadata = contexts[0].Metadata;
        Assert.Equal("temporal-dotnet", metadata["client-name"]);
        Assert.Equal("ns", metadata["temporal-namespace"]);
        Assert.Equal("Bearer key", metadata["authorization"]);
        Assert.Equal(("1", "2"), (metadata["a"], metadata["b"]));
        Assert.Equal([1], contexts[0].BinaryMetadata["x-bin"]);
        Assert.Equal("Bearer other", contexts[1].Metadata["authorization"]);
        Assert.False(contexts[1].Metadata.ContainsKey("temporal-namespace"));
    }

    [Fact]
    public async Task Calls_RetryAsked_AreMadeAgainUntilTheyWork()
    {
        var calls = 0;
        var service = Describing(_ => ++calls < 3 ? throw new RpcFault(RpcStatusCode.Unavailable, "moving") : new());

        await service.Client(s_fastRetries).WorkflowService.DescribeNamespaceAsync(new() { Namespace = "ns" }, new() { Retry = true });

        Assert.Equal(3, calls);
        Assert.All(service.Requests.Select(r => r.Request).OfType<DescribeNamespaceRequest>(), r => Assert.Equal("ns", r.Namespace));
    }

    [Theory]
    [InlineData(RpcStatusCode.Unavailable, "moving", true, 3)]
    [InlineData(RpcStatusCode.Unavailable, "moving", false, 1)]
    [InlineData(RpcStatusCode.NotFound, "no", true, 1)]
    [InlineData(RpcStatusCode.Unimplemented, "no", true, 1)]
    [InlineData(RpcStatusCode.ResourceExhausted, "busy", true, 3)]
    [InlineData(RpcStatusCode.ResourceExhausted, "grpc: received message larger than max (5 vs. 4)", true, 1)]
    public async Task Calls_Failing_AreTriedAsOftenAsTheirCodeAllows(RpcStatusCode code, string message, bool retry, int tries)
    {
        var service = Describing(_ => throw new RpcFault(code, message));

        var e = await Assert.ThrowsAsync<RpcException>(
            () => service.Client(s_fastRetries).WorkflowService.DescribeNamespaceAsync(new(), new() { Retry = retry }));

        Assert.Equal(((int)code, message), ((int)e.Code, e.Message));
        Assert.Equal(tries, service.Requests.Count(r => r.Request is DescribeNamespaceRequest));
    }

    [Fact]
    public async Task ConnectAsync_OldServer_IsTakenAsOneWithoutCapabilities()
    {
        var service = new FakeService();
        var lazy = service.Client();
        Assert.False(lazy.Connection.IsConnected);
        Assert.Null(lazy.Connection.BridgeClient);

        await Task.WhenAll(lazy.Connection.ConnectAsync(), lazy.Connection.ConnectAsync());

        Assert.True(lazy.Connection.IsConnected);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task ConnectAsync_NobodyThere_SaysSo()
    {
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => TemporalConnection.ConnectAsync(new("127.0.0.1:1")));
        Assert.Contains("127.0.0.1:1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interceptors_InOrder_WrapTheCall()
    {
        var service = new FakeService().On<SignalWorkflowExecutionRequest, SignalWorkflowExecutionResponse>("SignalWorkflowExecution", _ => new());
        var client = service.Client(client: o => o.Interceptors = [new Suffix("1"), new Suffix("2")]);

        await client.GetWorkflowHandle("id").SignalAsync("s", []);

        Assert.Equal("s12", service.Only<SignalWorkflowExecutionRequest>().SignalName);
    }

    private static FakeService Describing(Func<DescribeNamespaceRequest, DescribeNamespaceResponse> answer) =>
        new FakeService().On("DescribeNamespace", answer);

    private sealed class Suffix(string suffix) : IClientInterceptor
    {
        public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => new Outbound(nextInterceptor, suffix);

        private sealed class Outbound(ClientOutboundInterceptor next, string suffix) : ClientOutboundInterceptor(next)
        {
            public override Task SignalWorkflowAsync(SignalWorkflowInput input) =>
                Next.SignalWorkflowAsync(input with { Signal = input.Signal + suffix });
        }
    }
}
