using System.Net;
using System.Net.Http;
using Agents.Durable.Gateway;
using Agents.Durable.Gateway.Acp;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Checkpoints;
using Agents.Durable.Gateway.Deployments;
using Agents.Durable.Gateway.Forwarding;
using Agents.Durable.Gateway.Keys;
using Agents.Durable.Gateway.Mailbox;
using Agents.Durable.Gateway.Messages;
using Agents.Durable.Gateway.OpenApi;
using Agents.Durable.Gateway.Presence;
using Agents.Durable.Gateway.Retention;
using Agents.Durable.Gateway.Rpc;
using Agents.Durable.Gateway.Schedules;
using Agents.Durable.Gateway.Sessions;
using Agents.Durable.Gateway.Tasks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Temporalio.Client;

namespace Microsoft.Extensions.DependencyInjection;

public static class GatewayServices
{
    /// <summary>
    /// The gateway. Needs <c>AddDurableData</c> and <c>AddTaskStream</c>, and the migrations applied before the first request.
    /// Agents of our own need an <see cref="ITemporalClient"/> of the agents' namespace among the services.
    /// Options come from the sections <c>Auth</c> and <c>Gateway</c>.
    /// </summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, Action<AuthOptions>? configureAuth = null)
    {
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        var auth = services.AddOptions<AuthOptions>().BindConfiguration(AuthOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        if (configureAuth is not null)
        {
            auth.Configure(configureAuth);
        }

        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsCheck>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITaskSessions>(provider => provider.GetService<ITemporalClient>() is { } client ? new TemporalSessions(client) : new DisconnectedSessions());
        services.AddSingleton<MasterKey>();
        services.AddSingleton<AgentKeys>();
        services.AddSingleton(_ => HttpToAgents());
        services.AddSingleton(provider => new AcpClient(provider.GetRequiredService<HttpMessageInvoker>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<GatewayPresence>();
        services.AddHostedService(provider => provider.GetRequiredService<GatewayPresence>());
        services.AddSingleton<TaskLanes>();
        services.AddSingleton<MailboxStore>();
        services.AddSingleton<Courier>();
        services.AddSingleton<LostMail>();
        services.AddSingleton<SessionMail>();
        services.AddSingleton<SessionReconciler>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionReconciler>());
        services.AddSingleton<AgentProbes>();
        services.AddHostedService(provider => provider.GetRequiredService<AgentProbes>());
        services.AddHostedService<MailSweep>();
        services.AddSingleton<TaskNews>();
        services.AddSingleton<StatusSweep>();
        services.AddHostedService(provider => provider.GetRequiredService<StatusSweep>());
        services.AddSingleton<OpenAnswers>();
        services.AddHostedService<AnswerSweep>();
        services.AddScoped<AgentDirectory>();
        services.AddScoped<AgentRegistration>();
        services.AddScoped<AgentDefinitionStore>();
        services.AddSingleton<TaskInsert>();
        services.AddScoped<TaskDirectory>();
        services.AddScoped<SessionEnds>();
        services.AddScoped<TaskChanges>();
        services.AddScoped<TaskCreation>();
        services.AddScoped<MessageStore>();
        services.AddScoped<TurnInsert>();
        services.AddScoped<MessageLists>();
        services.AddScoped<CheckpointStore>();
        services.AddScoped<TaskQueries>();
        services.AddScoped<TaskArchive>();
        services.AddSingleton<SnapshotTransfer>();
        services.AddSingleton<OpenApiDocument>();
        services.AddScoped<DeploymentStore>();
        services.AddScoped<DeploymentHistory>();
        services.AddScoped<AgentKeyStore>();
        services.AddScoped<RunScheduleStore>();
        services.AddSingleton<ScheduledRuns>();
        services.TryAddSingleton<IScheduleEngine>(provider => provider.GetService<ITemporalClient>() is { } client ? new TemporalSchedules(client) : new DisconnectedSchedules());
        services.AddSingleton<ScheduledRunActivity>();
        services.AddHostedService<ScheduleWorker>();
        services.AddHostedService<ScheduleComparison>();
        services.AddSingleton<Secrets>();
        services.AddSingleton<KnownAccessKeys>();
        services.AddSingleton<PublishedKeys>();
        services.AddSingleton<JwtTokens>();
        services.AddSingleton<RateLimits>();
        services.AddSingleton<ForwardAccess>();
        services.AddSingleton(provider => new Forwarder(provider.GetRequiredService<HttpMessageInvoker>(), provider.GetRequiredService<TimeProvider>()));
        services.AddScoped<CreateTask>();
        services.AddScoped<SendEvent>();
        services.AddScoped<SendMessage>();
        services.AddScoped<StopTask>();
        return services;
    }

    private static HttpMessageInvoker HttpToAgents() => new(new SocketsHttpHandler
    {
        // Agents get the trace header of their caller, not one of our own.
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        UseCookies = false,
        UseProxy = false,
    });
}
