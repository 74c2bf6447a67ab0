using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Health.V1;
using Temporalio.Rpc.Client;
using Temporalio.Rpc.InProcess;
using Temporalio.Rpc.Server;

namespace Temporalio.Rpc.Tests;

public sealed class HttpTransportTests : RpcTransportTests
{
    private protected override Task<IAsyncDisposable> ConnectAsync(RpcRouter router, RpcServerLimits limits, Action<IRpcInvoker> connected) =>
        ServedRouter.StartAsync(router, new RpcServerOptions { Limits = limits, ServeInProcess = false }, new RpcChannelOptions { Target = "" }, connected);
}

public sealed class TlsTransportTests : RpcTransportTests
{
    private protected override Task<IAsyncDisposable> ConnectAsync(RpcRouter router, RpcServerLimits limits, Action<IRpcInvoker> connected)
    {
        var server = TestCertificates.SelfSigned("temporal.test");
        var client = TestCertificates.SelfSigned("client");
        return ServedRouter.StartAsync(
            router,
            new RpcServerOptions { Limits = limits, Certificate = server, ClientRoots = [client] },
            new RpcChannelOptions { Target = "", Tls = new RpcTlsOptions { ServerName = "temporal.test", TrustedRoots = [server], ClientCertificate = client } },
            connected);
    }

    [Fact]
    public async Task Invoke_WithoutClientCertificate_IsUnavailable()
    {
        var server = TestCertificates.SelfSigned("temporal.test");
        IRpcInvoker client = null!;
        await using var served = await ServedRouter.StartAsync(
            new RpcRouter(),
            new RpcServerOptions { Certificate = server, ClientRoots = [TestCertificates.SelfSigned("client")] },
            new RpcChannelOptions { Target = "", Tls = new RpcTlsOptions { ServerName = "temporal.test", TrustedRoots = [server] } },
            c => client = c);
        var fault = await Assert.ThrowsAsync<RpcFault>(() => client.InvokeAsync(Check, new HealthCheckRequest(), new RpcCallOptions()));
        Assert.Equal(RpcStatusCode.Unavailable, fault.Code);
    }
}

public sealed class InProcessTransportTests : RpcTransportTests
{
    private protected override async Task<IAsyncDisposable> ConnectAsync(RpcRouter router, RpcServerLimits limits, Action<IRpcInvoker> connected)
    {
        var invoker = new InProcessRpcInvoker(router, limits);
        connected(invoker);
        await Task.CompletedTask;
        return invoker;
    }
}

public sealed class SerialisingInProcessTransportTests : RpcTransportTests
{
    private protected override async Task<IAsyncDisposable> ConnectAsync(RpcRouter router, RpcServerLimits limits, Action<IRpcInvoker> connected)
    {
        var invoker = new InProcessRpcInvoker(router, limits, serialise: true);
        connected(invoker);
        await Task.CompletedTask;
        return invoker;
    }
}

public sealed class LocalChannelTests
{
    private static readonly RpcMethod s_check = new(GrpcHealthV1Reflection.Descriptor.Services[0].FindMethodByName("Check"));

    /// <summary>A server that went on there would stand still as soon as somebody blocks the scheduler, for all its callers.</summary>
    [Fact]
    public async Task Invoke_OnASchedulerOfTheCallersOwn_DoesNotTakeTheServerThere()
    {
        TaskScheduler? seen = null;
        var router = new RpcRouter();
        router.Add<HealthCheckRequest, HealthCheckResponse>(s_check.Descriptor, (_, _) =>
        {
            seen = TaskScheduler.Current;
            return new(new HealthCheckResponse());
        });
        using var served = LocalAddresses.Serve("127.0.0.1:1", new InProcessRpcInvoker(router));
        await using var channel = new RpcChannel(new RpcChannelOptions { Target = "127.0.0.1:1" });
        var own = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;

        await Task.Factory.StartNew(
            () => channel.InvokeAsync(s_check, new HealthCheckRequest(), new RpcCallOptions()), CancellationToken.None, TaskCreationOptions.None, own).Unwrap();

        Assert.Same(TaskScheduler.Default, seen);
    }
}

internal sealed class ServedRouter(RpcServer server, HttpRpcInvoker client) : IAsyncDisposable
{
    public static async Task<IAsyncDisposable> StartAsync(RpcRouter router, RpcServerOptions options, RpcChannelOptions channel, Action<IRpcInvoker> connected)
    {
        var server = await RpcServer.StartAsync(router, options);
        var client = new HttpRpcInvoker(channel with { Target = server.Target, Compress = true, CompressionThreshold = 64 });
        connected(client);
        return new ServedRouter(server, client);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await server.DisposeAsync();
    }
}

internal static class TestCertificates
{
    public static X509Certificate2 SelfSigned(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null, X509KeyStorageFlags.Exportable);
    }
}
