using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>Hands other clients to running workers.</summary>
public class TemporalWorkerClientUpdater
{
    /// <summary>A client was handed out.</summary>
    public event EventHandler<TemporalWorkerClientUpdatedEventArgs>? TemporalWorkerClientUpdated;

    /// <summary>Hands the client to all workers that listen. It must be connected.</summary>
    public void UpdateTemporalWorkerClient(IWorkerClient client) => TemporalWorkerClientUpdated?.Invoke(this, new(client));
}
