using Microsoft.AspNetCore.Builder;

namespace Agents.Durable.Gateway.Tests.Intake;

/// <summary>A gateway of one class of tests, in Development mode: what it counts is theirs alone.</summary>
public sealed class OwnGateway(GatewayServer shared) : IAsyncLifetime
{
    private WebApplication? _app;

    /// <summary>Another gateway over the same database.</summary>
    public GatewayServer Shared => shared;

    public Uri Address => GatewayServer.AddressOf(_app!);

    public int IntakePort => GatewayServer.IntakePortOf(_app!.Services);

    public async ValueTask InitializeAsync() => _app = await shared.StartAsync(options => options.Mode = Auth.AuthMode.Development);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}
