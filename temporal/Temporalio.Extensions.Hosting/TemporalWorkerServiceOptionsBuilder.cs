using Microsoft.Extensions.DependencyInjection;
using Temporalio.Common;
using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>Configures a hosted worker.</summary>
public class TemporalWorkerServiceOptionsBuilder : ITemporalWorkerServiceOptionsBuilder
{
    private readonly TemporalWorkerServiceIdentifier _id;

    internal TemporalWorkerServiceOptionsBuilder(TemporalWorkerServiceIdentifier id, IServiceCollection services)
    {
        _id = id;
        Services = services;
    }

    /// <inheritdoc/>
    public string TaskQueue => _id.TaskQueue;

    /// <inheritdoc/>
    [Obsolete("Use DeploymentOptions")]
    public string? BuildId => _id.VersionIsBuildId ? _id.Version : null;

    /// <inheritdoc/>
    public WorkerDeploymentOptions? DeploymentOptions => _id is { VersionIsBuildId: false, Version: { } version }
        ? new(WorkerDeploymentVersion.FromCanonicalString(version), useWorkerVersioning: true)
        : null;

    /// <inheritdoc/>
    public IServiceCollection Services { get; }

    internal string OptionsName => _id.OptionsName;
}
