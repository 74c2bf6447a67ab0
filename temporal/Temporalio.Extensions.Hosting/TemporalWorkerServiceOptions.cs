using Temporalio.Client;
using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>Options of a hosted worker.</summary>
public class TemporalWorkerServiceOptions : TemporalWorkerOptions
{
    /// <summary>Options to be filled in.</summary>
    public TemporalWorkerServiceOptions()
    {
    }

    /// <param name="taskQueue">The task queue.</param>
    public TemporalWorkerServiceOptions(string taskQueue)
        : base(taskQueue)
    {
    }

    /// <summary>If set, the worker connects a client of its own.</summary>
    public TemporalClientConnectOptions? ClientOptions { get; set; }

    /// <summary>If set, the worker takes the clients that come from there.</summary>
    public TemporalWorkerClientUpdater? WorkerClientUpdater { get; set; }

    /// <summary>The name under which the options of a hosted worker are kept.</summary>
    public static string GetUniqueOptionsName(string taskQueue, string? version) => $"{taskQueue}!!__temporal__!!{version}";

    /// <inheritdoc/>
    public override object Clone()
    {
        var copy = (TemporalWorkerServiceOptions)base.Clone();
        copy.ClientOptions = (TemporalClientConnectOptions?)ClientOptions?.Clone();
        return copy;
    }
}
