using Temporalio.Client;
using Temporalio.Worker.ActivityRuns;
using Temporalio.Worker.Core;
using Temporalio.Worker.Setup;
using Temporalio.Worker.WorkflowTasks;

namespace Temporalio.Worker;

/// <summary>Runs workflows and activities of one task queue. Runs once.</summary>
public class TemporalWorker : IDisposable
{
    private readonly CoreWorker _core;
    private readonly WorkflowWorker? _workflows;
    private readonly ActivityWorker _activities;
    private readonly IReadOnlyList<ITemporalWorkerPlugin> _plugins;
    private readonly IDisposable? _eventListening;
    private IWorkerClient _client;
    private int _started;
    private int _disposed;

    /// <param name="client">A connected client.</param>
    /// <param name="options">What to run; copied.</param>
    /// <exception cref="ArgumentException">The options cannot work.</exception>
    /// <exception cref="InvalidOperationException">The client is not connected, or options exclude each other.</exception>
    public TemporalWorker(IWorkerClient client, TemporalWorkerOptions options)
    {
        Options = (TemporalWorkerOptions)options.Clone();
        _client = client;
        _plugins = WorkerParts.Plugins(client, Options);
        foreach (var plugin in _plugins)
        {
            plugin.ConfigureWorker(Options);
        }

        var parts = new WorkerParts(client, Options, () => _client as ITemporalClient);
        _core = new(parts.CoreOptions(), parts.CoreHost());
        _activities = new(_core, parts.ActivityEnvironment(), new(Options.Activities));
        if (Options.Workflows.Count > 0)
        {
            _workflows = new(
                _core, parts.InstanceEnvironment(), Options.Workflows, WorkflowThreads.Shared, DebugSwitch.DeadlockTimeout(Options.DebugMode));
            _eventListening = Options.DisableWorkflowTracingEventListener ? null : WorkflowEventListener.Listen();
        }
    }

    /// <summary>Options of this worker. Changes have no effect.</summary>
    public TemporalWorkerOptions Options { get; }

    /// <summary>The client. Another connected one may be set; calls in progress stay with the old one.</summary>
    public IWorkerClient Client
    {
        get => _client;
        set
        {
            _core.ReplaceClient(WorkerParts.Connection(value).ForWorker(value.Options.Namespace));
            _client = value;
        }
    }

    /// <summary>Runs until the token is cancelled and everything in hand has ended.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; there is no other normal end.</exception>
    /// <exception cref="InvalidOperationException">The worker has run before, or it cannot reach its server or namespace.</exception>
    public Task ExecuteAsync(CancellationToken stoppingToken) => ExecuteThroughPluginsAsync<object?>(null, stoppingToken);

    /// <summary>Runs until the function completes or the token is cancelled, and everything in hand has ended.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    /// <exception cref="InvalidOperationException">The worker has run before, or it cannot reach its server or namespace.</exception>
    public Task ExecuteAsync(Func<Task> untilComplete, CancellationToken stoppingToken = default) => ExecuteThroughPluginsAsync<object?>(
        async () =>
        {
            await untilComplete().ConfigureAwait(false);
            return null;
        },
        stoppingToken);

    /// <inheritdoc cref="ExecuteAsync(Func{Task}, CancellationToken)"/>
    public Task<TResult> ExecuteAsync<TResult>(Func<Task<TResult>> untilComplete, CancellationToken stoppingToken = default) =>
        ExecuteThroughPluginsAsync(untilComplete, stoppingToken);

    /// <summary>Releases the worker; it should have stopped before.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the worker.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _eventListening?.Dispose();
        _activities.Dispose();
        if (_started != 0)
        {
            _core.InitiateShutdown();
        }
    }

    // What the function throws at once ends the worker as what its task ends with does.
    private static async Task<TResult> InvokeAsync<TResult>(Func<Task<TResult>> untilComplete) => await untilComplete().ConfigureAwait(false);

    private Task<TResult> ExecuteThroughPluginsAsync<TResult>(Func<Task<TResult>>? untilComplete, CancellationToken stoppingToken)
    {
        Func<TemporalWorker, CancellationToken, Task<TResult>> run = (worker, token) => worker.RunAsync(untilComplete, token);
        foreach (var plugin in _plugins.Reverse())
        {
            var next = run;
            run = (worker, token) => plugin.RunWorkerAsync(worker, next, token);
        }

        return run(this, stoppingToken);
    }

    private async Task<TResult> RunAsync<TResult>(Func<Task<TResult>>? untilComplete, CancellationToken stoppingToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("Already started");
        }

        await _core.ValidateAsync(stoppingToken).ConfigureAwait(false);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stoppingToken.UnsafeRegister(static s => ((TaskCompletionSource)s!).TrySetResult(), stopped);
        var activities = _activities.ExecuteAsync();
        var workflows = _workflows?.ExecuteAsync() ?? Task.CompletedTask;
        var user = untilComplete is null ? null : InvokeAsync(untilComplete);

        // A poll loop that ends first has failed: its exception comes out below. Without workflows that loop ends at once and says nothing.
        var ends = new List<Task> { stopped.Task, activities };
        ends.AddRange(_workflows is null ? [] : [workflows]);
        ends.AddRange(user is null ? [] : [user]);
        await Task.WhenAny(ends).ConfigureAwait(false);

        _activities.NotifyShutdown();
        _core.InitiateShutdown();
        await Task.WhenAll(activities, workflows).ConfigureAwait(false);
        await _core.FinalizeShutdownAsync().ConfigureAwait(false);
        if (user is { IsCompleted: true })
        {
            return await user.ConfigureAwait(false);
        }

        throw new TaskCanceledException("The worker was stopped.", null, stoppingToken);
    }
}
