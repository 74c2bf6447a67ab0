using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Rpc;
using Temporalio.Runtime;
using Temporalio.Worker.Core;
using Temporalio.Worker.Core.Polling;
using Temporalio.Worker.Core.Replay;
using Temporalio.Worker.Instance;
using Temporalio.Worker.WorkflowTasks;
using Reason = Temporalio.Bridge.Api.WorkflowActivation.RemoveFromCache.Types.EvictionReason;

namespace Temporalio.Worker.Setup;

/// <summary>A worker over a core without a server, for some replays one after the other. A replay is over when its run is evicted.</summary>
internal sealed class ReplaySession : IAsyncDisposable
{
    private readonly CoreReplayer _core;
    private readonly Task _running;
    private readonly IDisposable? _eventListening;
    private TaskCompletionSource<RemoveFromCache>? _evicted;
    private bool _abandoned;

    public ReplaySession(WorkflowReplayerOptions options)
    {
        var failing = typeof(WorkflowNondeterminismException);
        var loggers = new ForgivingLoggerFactory(options.LoggerFactory);
        _core = new(
            new()
            {
                Namespace = options.Namespace,
                TaskQueue = options.TaskQueue,
                Identity = options.Identity ?? "replayer",
                BuildId = options.BuildId ?? EntryAssembly.BuildId,
                PollActivities = false,
                NondeterminismFailsWorkflow = options.WorkflowFailureExceptionTypes?.Any(t => t.IsAssignableFrom(failing)) ?? false,
                NondeterminismFailsWorkflowTypes = FailingTypes(options, failing),
            },
            new(new CoreClient(NoServer.Instance)) { LoggerFactory = loggers });
        var environment = new InstanceEnvironment
        {
            Namespace = options.Namespace,
            TaskQueue = options.TaskQueue,
            DataConverter = options.DataConverter,
            Interceptors = options.Interceptors ?? [],
            LoggerFactory = loggers,
            MetricMeter = (options.Runtime ?? TemporalRuntime.Default).MetricMeter,
            FailureExceptionTypes = options.WorkflowFailureExceptionTypes ?? [],
            TaskStarting = options.ListensToTaskStarting ? (info, definition) => options.OnTaskStarting(options, new(info, definition)) : null,
            TaskCompleted = options.ListensToTaskCompleted ? (info, definition, e) => options.OnTaskCompleted(options, new(info, definition, e)) : null,
        };
        var worker = new WorkflowWorker(
            _core, environment, options.Workflows, WorkflowThreads.Shared, DebugSwitch.DeadlockTimeout(options.DebugMode), Evicted);
        _eventListening = options.DisableWorkflowTracingEventListener ? null : WorkflowEventListener.Listen();
        _running = worker.ExecuteAsync();
    }

    /// <summary>Replays one history. Not to be called while another is being replayed.</summary>
    public async Task<WorkflowReplayResult> ReplayAsync(WorkflowHistory history, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var evicted = _evicted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _core.PushHistory(history.Id, new() { Events = { history.Events } });
        try
        {
            await Task.WhenAny(evicted.Task, _running).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _abandoned = true;
            throw;
        }

        if (!evicted.Task.IsCompleted)
        {
            await _running.ConfigureAwait(false);
            throw new InvalidOperationException("The replay ended without an outcome");
        }

        return new(history, Failure(await evicted.Task.ConfigureAwait(false)));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_abandoned)
            {
                // Who cancelled does not want to wait for code that may be stuck.
                _core.InitiateShutdown();
                return;
            }

            await _core.FinalizeShutdownAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(false);
        }
        finally
        {
            _eventListening?.Dispose();
        }
    }

    private static HashSet<string> FailingTypes(WorkflowReplayerOptions options, Type failing) => options.Workflows
        .Where(w => w.Name is not null && (w.FailureExceptionTypes?.Any(t => t.IsAssignableFrom(failing)) ?? false))
        .Select(w => w.Name!)
        .ToHashSet(StringComparer.Ordinal);

    private static InvalidWorkflowOperationException? Failure(RemoveFromCache eviction) => eviction.Reason switch
    {
        Reason.CacheFull or Reason.LangRequested => null,
        Reason.Nondeterminism => new WorkflowNondeterminismException(eviction.Message),
        var reason => new InvalidWorkflowOperationException($"{reason}: {eviction.Message}"),
    };

    private void Evicted(RemoveFromCache eviction) => _evicted?.TrySetResult(eviction);

    private sealed class NoServer : IRpcInvoker
    {
        public static NoServer Instance { get; } = new();

        public Task<Google.Protobuf.IMessage> InvokeAsync(RpcMethod method, Google.Protobuf.IMessage request, RpcCallOptions options) =>
            throw new InvalidOperationException("A replay has no server");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
