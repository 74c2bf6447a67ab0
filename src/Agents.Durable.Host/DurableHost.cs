using System.Net;
using Agents.Durable.Data;
using Agents.Durable.Data.Stream;
using Agents.Durable.Gateway;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Streaming.Intake;
using Agents.Durable.Host.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agents.Durable.Host;

/// <summary>One process from its settings to its end: stores first, then the engine, the workers, and last the door to clients.</summary>
internal static class DurableHost
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(HostSettings settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        AddDefaults(builder.Configuration, settings);
        if (settings.StreamPort is { } streamPort)
        {
            builder.Configuration[$"{IntakeOptions.Section}:{nameof(IntakeOptions.Port)}"] = $"{streamPort}";
        }

        CheckOpenness(builder.Configuration, settings);
        await using var folder = DataFolder.Take(settings.Data, settings.Roles);
        var rehearsal = Rehearsal.BeginAsync();
        var database = builder.Configuration.GetConnectionString("Default") ?? await folder.StartPostgresAsync(CancellationToken.None);

        builder.Configuration[$"{GatewayOptions.Section}:{nameof(GatewayOptions.Instance)}"] ??= folder.Instance;
        builder.WebHost.UseUrls($"http://{new IPEndPoint(settings.Listen, settings.Port)}");
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = s_drain);
        AddRoles(builder.Services, settings, database);

        await using var app = builder.Build();
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        folder.Supervise(app.Services);
        await MigrateAsync(app.Services);
        if (settings.Has(HostRoles.Gateway) || settings.Has(HostRoles.Worker))
        {
            app.Services.GetRequiredService<TaskStream>().Start();
        }

        await using var link = app.Services.GetRequiredService<TemporalLink>();
        await link.StartAsync(settings, database, CancellationToken.None);
        if (!settings.Has(HostRoles.Gateway))
        {
            app.MapGet("/readyz", ReadyAsync);
        }
        else
        {
            app.UseGateway();
            app.MapGateway();
            app.MapTaskStreams();
        }

        await rehearsal;
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Console.WriteLine($"Ready: {address}");
        if (settings.Has(HostRoles.Gateway) && settings.Walkthrough is { } walkthrough)
        {
            Console.WriteLine(walkthrough.Replace("{url}", address, StringComparison.Ordinal).Replace("{data}", settings.Data, StringComparison.Ordinal));
        }

        await app.WaitForShutdownAsync();
    }

    // Another process's database may be on its way back.
    private static Task MigrateAsync(IServiceProvider services) => DatabaseAbsence.OutlastAsync(
        async () =>
        {
            await services.GetRequiredService<Migrator>().ApplyAsync(CancellationToken.None);
            return true;
        },
        services.GetRequiredService<TimeProvider>(),
        CancellationToken.None);

    private static void AddRoles(IServiceCollection services, HostSettings settings, string database)
    {
        services.AddDurableData(database).AddTaskStream();
        services.AddOptions<TemporalOptions>().BindConfiguration(TemporalOptions.Section);
        services.AddSingleton<TelemetryExport>();
        services.AddSingleton<TemporalLink>();
        services.AddSingleton(provider => provider.GetRequiredService<TemporalLink>().Client);
        if (settings.Has(HostRoles.Worker))
        {
            services.AddAgentWorker();
        }

        if (settings.Has(HostRoles.Gateway))
        {
            services.AddTaskStreaming().AddGateway();
        }
    }

    private static async Task<IResult> ReadyAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return Results.Text("ok");
        }
        catch (NpgsqlException e)
        {
            return Results.Text($"The database does not answer: {e.GetType().Name}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static void CheckOpenness(ConfigurationManager configuration, HostSettings settings)
    {
        var mode = configuration.GetSection(AuthOptions.Section).Get<AuthOptions>()?.Mode ?? default;
        if (mode == AuthMode.Development && !IPAddress.IsLoopback(settings.Listen))
        {
            throw new HostStartException($"In development mode everybody may do everything, so it serves loopback only: leave out --listen {settings.Listen}, or set another Auth:Mode.");
        }
    }

    // Below everything that people configure.
    private static void AddDefaults(ConfigurationManager configuration, HostSettings settings) => ((IConfigurationBuilder)configuration).Sources.Insert(0, new MemoryConfigurationSource
    {
        InitialData = [new("Agents:WorkspaceFolder", Path.Combine(settings.Data, "workspaces"))],
    });
}
