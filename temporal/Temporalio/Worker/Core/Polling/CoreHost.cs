using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Temporalio.Worker.Core.Polling;

/// <summary>Everything a core gets from outside, so that a simulation can own time, ids and chance.</summary>
internal sealed record CoreHost(CoreClient Client)
{
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    public Func<Guid> NewId { get; init; } = Guid.NewGuid;

    /// <summary>Uniform in [0, 1), for the jitter of retries.</summary>
    public Func<double> NextRandom { get; init; } = Random.Shared.NextDouble;

    /// <summary>Sdk name and version written into histories.</summary>
    public string SdkName { get; init; } = "temporal-dotnet";

    public string SdkVersion { get; init; } = "1.18.0";
}
