using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Exceptions;
using Temporalio.Worker.Core;
using Temporalio.Worker.Instance;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;

namespace Temporalio.Worker.WorkflowTasks;

/// <summary>Takes activations from the core, has them run, and hands completions back.</summary>
internal sealed partial class WorkflowWorker
{
    private readonly ConcurrentDictionary<string, CachedRun> _runs = new();
    private readonly Dictionary<string, WorkflowDefinition> _definitions;
    private readonly WorkflowDefinition? _dynamicDefinition;
    private readonly ICoreWorker _core;
    private readonly IWorkflowThreads _threads;
    private readonly ILogger _logger;
    private readonly bool _hasCodec;
    private readonly Action<RemoveFromCache>? _evicted;

    /// <exception cref="ArgumentException">Two workflows have one name, or one cannot be instantiated.</exception>
    public WorkflowWorker(
        ICoreWorker core,
        InstanceEnvironment environment,
        IEnumerable<WorkflowDefinition> definitions,
        IWorkflowThreads threads,
        TimeSpan deadlockTimeout,
        Action<RemoveFromCache>? evicted = null)
    {
        _evicted = evicted;
        _core = core;
        _threads = threads;
        _logger = environment.LoggerFactory.CreateLogger<WorkflowWorker>();
        _hasCodec = environment.DataConverter.PayloadCodec is not null;
        Environment = environment;
        DeadlockTimeout = deadlockTimeout;
        (_definitions, _dynamicDefinition) = WorkflowRegistry.Build(definitions);
    }

    public InstanceEnvironment Environment { get; }

    public TimeSpan DeadlockTimeout { get; }

    /// <summary>Runs until the core has shut down. Throws if its polling fails for good.</summary>
    public async Task ExecuteAsync()
    {
        while (await _core.PollWorkflowActivationAsync().ConfigureAwait(false) is { } activation)
        {
            try
            {
                Dispatch(activation);
            }
            catch (Exception e)
            {
                // What the user's converters throw for one run must not end the loop that serves all.
                Complete(null, Failure(activation.RunId, e));
            }
        }
    }

    /// <summary>Hands a completion to the core, encoded; nobody waits for it.</summary>
    public void Complete(CachedRun? run, WorkflowActivationCompletion completion) => _ = CompleteAsync(run, completion, untilReported: false);

    public WorkflowActivationCompletion DeadlockFailure(string runId)
    {
        var error = new InvalidOperationException($"[TMPRL1101] Workflow with run ID {runId} deadlocked after {DeadlockTimeout}");
        LogDeadlock(_logger, error, runId);
        return Failure(runId, error);
    }

    private static WorkflowActivationCompletion Failure(string runId, Exception e) => new()
    {
        RunId = runId,
        Failed = new() { Failure_ = PlainFailure.Of(e) },
    };

    private void Dispatch(WorkflowActivation activation)
    {
        var first = activation.Jobs.Count > 0 ? activation.Jobs[0] : null;
        if (first?.RemoveFromCache is { } eviction)
        {
            _ = EvictAsync(activation.RunId, eviction);
            return;
        }

        if (!_runs.TryGetValue(activation.RunId, out var run))
        {
            if (first?.InitializeWorkflow is not { } init)
            {
                Complete(null, Failure(activation.RunId, new InvalidOperationException("The first activation of a run lacks its initialization")));
                return;
            }

            if (_definitions.GetValueOrDefault(init.WorkflowType, _dynamicDefinition!) is not { } definition)
            {
                Complete(null, Failure(activation.RunId, NotRegistered(init.WorkflowType)));
                return;
            }

            var converters = new InstanceConverters(Environment.DataConverter, Environment.Namespace, init.WorkflowId);
            run = new(this, definition, converters);
            _runs[activation.RunId] = run;
        }

        if (run.Deadlocked)
        {
            Complete(null, DeadlockFailure(activation.RunId));
        }
        else if (_hasCodec)
        {
            _ = DecodeAndBeginAsync(run, activation);
        }
        else
        {
            run.Begin(activation, _threads);
        }
    }

    private ApplicationFailureException NotRegistered(string type) => new(
        $"Workflow type {type} is not registered on this worker, available workflows: {string.Join(", ", _definitions.Keys.Order(StringComparer.Ordinal))}",
        errorType: "NotFoundError");

    private async Task DecodeAndBeginAsync(CachedRun run, WorkflowActivation activation)
    {
        try
        {
            // A copy: the core keeps parts of what it sends, to write them into histories.
            activation = activation.Clone();
            await ActivationDecoder.DecodeAsync(activation, run.Converters).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogCodecFailed(_logger, e, activation.RunId);
            Complete(null, Failure(activation.RunId, e));
            return;
        }

        run.Begin(activation, _threads);
    }

    private async Task EvictAsync(string runId, RemoveFromCache eviction)
    {
        // A replay is over with its eviction, and nothing else waits for a slot that stuck code holds.
        if (_runs.TryRemove(runId, out var run) && run.Deadlocked && _evicted is null)
        {
            // The core counts the run's slot as taken until we answer, and so it is.
            LogWaitingForStuckCode(_logger, runId);
            await run.StuckCode.ConfigureAwait(false);
        }

        await CompleteAsync(null, new() { RunId = runId, Successful = new() }, untilReported: true).ConfigureAwait(false);
        _evicted?.Invoke(eviction);
    }

    private async Task CompleteAsync(CachedRun? run, WorkflowActivationCompletion completion, bool untilReported)
    {
        try
        {
            if (completion.StatusCase == WorkflowActivationCompletion.StatusOneofCase.Failed)
            {
                LogTaskFailed(_logger, completion.RunId, completion.Failed.Failure_.Message);
            }

            if (_hasCodec && run is not null)
            {
                completion = await EncodeAsync(run, completion).ConfigureAwait(false);
            }

            var reported = _core.CompleteWorkflowActivationAsync(completion);
            if (untilReported)
            {
                await reported.ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            LogCompletionFailed(_logger, e, completion.RunId);
        }
    }

    private async Task<WorkflowActivationCompletion> EncodeAsync(CachedRun run, WorkflowActivationCompletion completion)
    {
        try
        {
            // A copy: the workflow's code may hold payloads that it sends, and send them again.
            completion = completion.Clone();
            await CompletionEncoder.EncodeAsync(completion, run.Converters).ConfigureAwait(false);
            return completion;
        }
        catch (Exception e)
        {
            LogCodecFailed(_logger, e, completion.RunId);
            return Failure(completion.RunId, e);
        }
    }
}
