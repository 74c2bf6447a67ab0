namespace Temporalio.Worker;

/// <summary>Changes workers and replayers, and wraps their running. A client plugin that is one too applies to the client's workers.</summary>
public interface ITemporalWorkerPlugin
{
    /// <summary>Name, for people.</summary>
    string Name { get; }

    /// <summary>Changes the options before the worker is made.</summary>
    void ConfigureWorker(TemporalWorkerOptions options);

    /// <summary>Runs the worker; <paramref name="continuation"/> goes on.</summary>
    Task<TResult> RunWorkerAsync<TResult>(
        TemporalWorker worker, Func<TemporalWorker, CancellationToken, Task<TResult>> continuation, CancellationToken stoppingToken);

    /// <summary>Changes the options before the replayer is made.</summary>
    void ConfigureReplayer(WorkflowReplayerOptions options);

    /// <summary>Replays histories; <paramref name="continuation"/> goes on.</summary>
    Task<IEnumerable<WorkflowReplayResult>> ReplayWorkflowsAsync(
        WorkflowReplayer replayer,
        Func<WorkflowReplayer, CancellationToken, Task<IEnumerable<WorkflowReplayResult>>> continuation,
        CancellationToken cancellationToken);

    /// <summary>Replays histories one by one; <paramref name="continuation"/> goes on.</summary>
    IAsyncEnumerable<WorkflowReplayResult> ReplayWorkflowsAsync(
        WorkflowReplayer replayer,
        Func<WorkflowReplayer, IAsyncEnumerable<WorkflowReplayResult>> continuation,
        CancellationToken cancellationToken);
}
