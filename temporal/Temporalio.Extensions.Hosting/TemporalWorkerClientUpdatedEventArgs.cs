using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>Workers are to use another client.</summary>
public class TemporalWorkerClientUpdatedEventArgs : EventArgs
{
    /// <param name="workerClient">The client to use from now on.</param>
    public TemporalWorkerClientUpdatedEventArgs(IWorkerClient workerClient) => WorkerClient = workerClient;

    /// <summary>The client to use from now on.</summary>
    public IWorkerClient WorkerClient { get; }
}
