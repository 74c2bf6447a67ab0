namespace Temporalio.Worker;

/// <summary>Changes workers, and wraps their running. A client plugin that is one too applies to the client's workers.</summary>
public interface ITemporalWorkerPlugin
{
    /// <summary>Name, for people.</summary>
    string Name { get; }

    /// <summary>Changes the options before the worker is made.</summary>
    void ConfigureWorker(TemporalWorkerOptions options);

    /// <summary>Runs the worker; <paramref name="continuation"/> goes on.</summary>
    Task<TResult> RunWorkerAsync<TResult>(
        TemporalWorker worker, Func<TemporalWorker, CancellationToken, Task<TResult>> continuation, CancellationToken stoppingToken);
}
