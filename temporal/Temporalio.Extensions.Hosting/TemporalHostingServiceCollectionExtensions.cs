using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Client;
using Temporalio.Extensions.Hosting;
using Temporalio.Worker;

#pragma warning disable IDE0130 // The namespace of all such extensions, so that they are found without a using.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Clients and workers as services of a host.</summary>
public static class TemporalHostingServiceCollectionExtensions
{
    /// <summary>Runs a worker with the injected <see cref="ITemporalClient"/>, or with a client of its own if the options have one.</summary>
    /// <param name="services">The services.</param>
    /// <param name="taskQueue">The worker's task queue.</param>
    /// <param name="buildId">The worker's build id, if it takes part in versioning. It is part of what tells workers of a host apart.</param>
    /// <exception cref="InvalidOperationException">There is a worker of that queue and version already.</exception>
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(
        this IServiceCollection services, string taskQueue, string? buildId = null)
    {
        var id = new TemporalWorkerServiceIdentifier(taskQueue, buildId, VersionIsBuildId: true);
        return Add(services, id, options =>
        {
            options.TaskQueue = taskQueue;
#pragma warning disable CS0618 // The caller uses the older way.
            options.BuildId = buildId;
            options.UseWorkerVersioning = buildId is not null;
#pragma warning restore CS0618
        });
    }

    /// <summary>Runs a worker of a deployed version with the injected <see cref="ITemporalClient"/>.</summary>
    /// <inheritdoc cref="AddHostedTemporalWorker(IServiceCollection, string, string?)"/>
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(
        this IServiceCollection services, string taskQueue, WorkerDeploymentOptions deploymentOptions)
    {
        var id = new TemporalWorkerServiceIdentifier(taskQueue, deploymentOptions.Version?.ToCanonicalString(), VersionIsBuildId: false);
        return Add(services, id, options =>
        {
            options.TaskQueue = taskQueue;
            options.DeploymentOptions = deploymentOptions;
        });
    }

    /// <summary>Runs a worker with a client of its own, connected when the worker starts.</summary>
    /// <inheritdoc cref="AddHostedTemporalWorker(IServiceCollection, string, string?)"/>
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(
        this IServiceCollection services, string clientTargetHost, string clientNamespace, string taskQueue, string? buildId = null) =>
        services.AddHostedTemporalWorker(taskQueue, buildId)
            .ConfigureOptions(options => options.ClientOptions = new(clientTargetHost) { Namespace = clientNamespace });

    /// <summary>Runs a worker of a deployed version with a client of its own, connected when the worker starts.</summary>
    /// <inheritdoc cref="AddHostedTemporalWorker(IServiceCollection, string, string?)"/>
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(
        this IServiceCollection services, string clientTargetHost, string clientNamespace, string taskQueue, WorkerDeploymentOptions deploymentOptions) =>
        services.AddHostedTemporalWorker(taskQueue, deploymentOptions)
            .ConfigureOptions(options => options.ClientOptions = new(clientTargetHost) { Namespace = clientNamespace });

    /// <summary>Adds a client that connects with its first call, unless there is one. Logs go to the host's logger factory.</summary>
    /// <param name="services">The services.</param>
    /// <param name="clientTargetHost"><c>host:port</c>, if not configured otherwise.</param>
    /// <param name="clientNamespace">The namespace, if not configured otherwise.</param>
    /// <returns>To configure the client.</returns>
    public static OptionsBuilder<TemporalClientConnectOptions> AddTemporalClient(
        this IServiceCollection services, string? clientTargetHost = null, string? clientNamespace = null)
    {
        services.TryAddSingleton<ITemporalClient>(
            provider => TemporalClient.CreateLazy(provider.GetRequiredService<IOptions<TemporalClientConnectOptions>>().Value));
        return services.AddOptions<TemporalClientConnectOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            options.TargetHost = clientTargetHost ?? options.TargetHost;
            options.Namespace = clientNamespace ?? options.Namespace;
            options.LoggerFactory = provider.GetService<ILoggerFactory>() ?? options.LoggerFactory;
        });
    }

    /// <inheritdoc cref="AddTemporalClient(IServiceCollection, string?, string?)"/>
    public static IServiceCollection AddTemporalClient(this IServiceCollection services, Action<TemporalClientConnectOptions> configureClient)
    {
        services.AddTemporalClient().Configure(configureClient);
        return services;
    }

    private static TemporalWorkerServiceOptionsBuilder Add(
        IServiceCollection services, TemporalWorkerServiceIdentifier id, Action<TemporalWorkerServiceOptions> configure)
    {
        if (services.Any(s => s.ServiceType == typeof(TemporalWorkerServiceIdentifier) && id.Equals(s.ImplementationInstance)))
        {
            throw new InvalidOperationException($"Worker service for task queue '{id.TaskQueue}' and version '{id.Version ?? "<unset>"}' already on collection");
        }

        services.AddSingleton(id);

        // AddHostedService would take a second worker for the first one.
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<TemporalWorkerService>(provider, id));
        var builder = new TemporalWorkerServiceOptionsBuilder(id, services);
        builder.ConfigureOptions(configure);
        return builder;
    }
}
