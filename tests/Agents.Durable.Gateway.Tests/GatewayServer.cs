using Agents.Durable.Data;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Sessions;
using Agents.Durable.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(Agents.Durable.Gateway.Tests.GatewayServer))]

namespace Agents.Durable.Gateway.Tests;

/// <summary>The gateway in a real host on a port of its own, over a PostgreSQL of its own, in Development mode; one for all tests.</summary>
public sealed class GatewayServer : IAsyncLifetime
{
    /// <summary>Longer than anything that a test waits for.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("durable-gw-").FullName;
    private EmbeddedPostgres? _postgres;
    private WebApplication? _app;

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    /// <summary>Where agents write with Redis commands.</summary>
    public int IntakePort => IntakePortOf(Services);

    public RecordedSessions Sessions { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = Path.Combine(_folder, "postgres"), Durable = false });
        _app = await StartAsync(options =>
        {
            options.Mode = AuthMode.Development;
            options.AllowedOrigins.Add("http://ui.test");
        }, sweeps: true);
        Address = AddressOf(_app);
    }

    /// <summary>Another gateway on the same database. The caller stops and disposes it.</summary>
    /// <param name="connections">The name of its connections, by which they can be told from others.</param>
    /// <param name="sweeps">Whether it takes up mail that is due, anybody's. A test that does not ask for that would only take it away from others, and be stopped with it.</param>
    public async Task<WebApplication> StartAsync(Action<AuthOptions> configure, TimeProvider? time = null, string connections = "gateway", bool sweeps = false)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddDurableData($"{_postgres!.ConnectionString};Application Name={connections}").AddTaskStream().AddTaskStreaming();
        builder.Services.Configure<Streaming.Intake.IntakeOptions>(options => options.Port = 0);
        builder.Services.AddSingleton<ITaskSessions>(Sessions);
        builder.Services.AddGateway(configure);
        if (!sweeps && builder.Services.FirstOrDefault(service => service.ImplementationType == typeof(Mailbox.MailSweep)) is { } sweep)
        {
            builder.Services.Remove(sweep);
        }

        var app = builder.Build();
        await app.Services.GetRequiredService<Migrator>().ApplyAsync(CancellationToken.None);
        app.UseGateway();
        app.MapGateway();
        app.MapTaskStreams();
        await app.StartAsync();
        return app;
    }

    public static Uri AddressOf(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    internal static int IntakePortOf(IServiceProvider services) =>
        services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Streaming.Intake.IntakeListener>().Single().Port!.Value;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.StopAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
