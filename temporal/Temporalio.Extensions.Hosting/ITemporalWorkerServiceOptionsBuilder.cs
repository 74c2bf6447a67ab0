using Microsoft.Extensions.DependencyInjection;
using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>Configures a hosted worker, mostly through extension methods.</summary>
public interface ITemporalWorkerServiceOptionsBuilder
{
    /// <summary>The worker's task queue.</summary>
    string TaskQueue { get; }

    /// <summary>The worker's build id, if it was added with one.</summary>
    [Obsolete("Use DeploymentOptions")]
    string? BuildId { get; }

    /// <summary>The worker's place among deployed versions, if it was added with one.</summary>
    WorkerDeploymentOptions? DeploymentOptions { get; }

    /// <summary>The services to which the worker was added.</summary>
    IServiceCollection Services { get; }
}
