using Agents.Durable.Data;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Agents.Durable.Host;

/// <summary>One process from its settings to its end: stores first, then the engine, the workers, and last the door to clients.</summary>
internal static class DurableHost
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(HostSettings settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        await using var folder = DataFolder.Take(settings.Data, settings.Roles);
        var database = builder.Configuration.GetConnectionString("Default") ?? await folder.StartPostgresAsync(CancellationToken.None);

        builder.WebHost.UseUrls($"http://127.0.0.1:{settings.Port}");
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = s_drain);
        builder.Services.AddDurableData(database).AddTaskStream();
        if (settings.Has(HostRoles.Gateway))
        {
            builder.Services.AddTaskStreaming().AddGateway();
        }

        await using var app = builder.Build();
        await app.Services.GetRequiredService<Migrator>().ApplyAsync(CancellationToken.None);
        app.MapGet("/readyz", () => "ok");
        if (settings.Has(HostRoles.Gateway))
        {
            app.UseGateway();
            app.MapGateway();
            app.MapTaskStreams();
        }

        await app.StartAsync();
        Console.WriteLine($"Ready: {app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()}");
        await app.WaitForShutdownAsync();
    }
}
