using System.Collections.Concurrent;
using Google.Protobuf;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Rpc;
using Temporalio.Rpc.InProcess;

namespace Temporalio.Tests.Client;

/// <summary>A server of scripted answers behind the real transport seam. Keeps the requests it got, with their metadata.</summary>
internal sealed class FakeService
{
    private readonly RpcRouter _router = new();

    internal FakeService() => On<GetSystemInfoRequest, GetSystemInfoResponse>("GetSystemInfo", _ => new());

    internal ConcurrentQueue<(IMessage Request, RpcContext Context)> Requests { get; } = new();

    internal FakeService On<TRequest, TResponse>(string rpc, Func<TRequest, TResponse> answer)
        where TRequest : class, IMessage
        where TResponse : class, IMessage => On<TRequest, TResponse>(rpc, (r, _) => new(answer(r)));

    internal FakeService On<TRequest, TResponse>(string rpc, Func<TRequest, RpcContext, ValueTask<TResponse>> answer)
        where TRequest : class, IMessage
        where TResponse : class, IMessage
    {
        var service = TemporalApiWorkflowserviceV1Reflection.Descriptor.Services[0];
        _router.Add<TRequest, TResponse>(service.FindMethodByName(rpc), (request, context) =>
        {
            Requests.Enqueue((request, context));
            return answer(request, context);
        });
        return this;
    }

    internal T Only<T>() => Requests.Select(r => r.Request).OfType<T>().Single();

    internal TemporalClient Client(Action<TemporalConnectionOptions>? connection = null, Action<TemporalClientOptions>? client = null)
    {
        var options = new TemporalConnectionOptions("fake:0") { Identity = "tester" };
        connection?.Invoke(options);
        var clientOptions = new TemporalClientOptions { Namespace = "ns" };
        client?.Invoke(clientOptions);
        return new(TemporalConnection.Over(new InProcessRpcInvoker(_router, serialise: true), options), clientOptions);
    }
}
