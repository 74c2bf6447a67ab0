using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Temporalio.Rpc.InProcess;

namespace Temporalio.Rpc.Server;

/// <summary>A router on a port of its own, served by Kestrel over HTTP/2, and handed over directly to callers in this process.</summary>
public sealed class RpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IDisposable? _local;

    private RpcServer(WebApplication app, IPEndPoint endPoint, IDisposable? local)
    {
        _app = app;
        _local = local;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary><c>host:port</c>, as clients take it.</summary>
    public string Target => EndPoint.ToString();

    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<RpcServer> StartAsync(
        RpcRouter router, RpcServerOptions options, ILoggerFactory? loggerFactory = null, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        if (loggerFactory is not null)
        {
            builder.Services.AddSingleton(loggerFactory);
        }
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = options.ShutdownTimeout);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        var app = builder.Build();
        app.Run(new RpcEndpoint(router, options.Limits, options.TimeProvider).InvokeAsync);
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var endPoint = new IPEndPoint(options.Address, address.Port);
        var local = options.ServeInProcess && options.Certificate is null
            ? LocalAddresses.Serve(endPoint.ToString(), new InProcessRpcInvoker(router, options.Limits, options.TimeProvider))
            : null;
        return new RpcServer(app, endPoint, local);
    }

    public async ValueTask DisposeAsync()
    {
        _local?.Dispose();
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static void Configure(KestrelServerOptions kestrel, RpcServerOptions options)
    {
        kestrel.AddServerHeader = false;
        // Behind a proxy that ends TLS, requests say https on a plain connection; Temporal's own server does not mind either.
        kestrel.AllowAlternateSchemes = true;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 8 * 1024 * 1024;
        kestrel.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        // A compressed request may be larger than the limit of what it decompresses to only by gzip's own few bytes.
        kestrel.Limits.MaxRequestBodySize = options.Limits.MaxReceiveSize + 1024L;
        kestrel.Listen(options.Address, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (options.Certificate is { } certificate)
            {
                listen.UseHttps(https => Secure(https, certificate, options.ClientRoots));
            }
        });
    }

    private static void Secure(HttpsConnectionAdapterOptions https, X509Certificate2 certificate, X509Certificate2Collection? clientRoots)
    {
        https.ServerCertificate = certificate;
        if (clientRoots is null)
        {
            return;
        }
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (client, _, _) =>
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.AddRange(clientRoots);
            return chain.Build(client);
        };
    }
}
