using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Runtime;
using Temporalio.Worker.ActivityRuns;
using Temporalio.Worker.Core;
using Temporalio.Worker.Core.Polling;
using Temporalio.Worker.Instance;
using Temporalio.Worker.Interceptors;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Setup;

/// <summary>From a worker's options to those of its parts.</summary>
internal sealed class WorkerParts
{
    private readonly IWorkerClient _client;
    private readonly TemporalWorkerOptions _options;
    private readonly Func<ITemporalClient?> _currentClient;
    private readonly TemporalConnection _connection;
    private readonly IReadOnlyList<IWorkerInterceptor> _interceptors;
    private readonly string _taskQueue;

    /// <exception cref="ArgumentException">The options cannot work.</exception>
    /// <exception cref="InvalidOperationException">The client is not connected, or options exclude each other.</exception>
    public WorkerParts(IWorkerClient client, TemporalWorkerOptions options, Func<ITemporalClient?> currentClient)
    {
        _client = client;
        _options = options;
        _currentClient = currentClient;
        _connection = Connection(client);
        _taskQueue = options.TaskQueue ?? throw new ArgumentException("TaskQueue must be set", nameof(options));
        if (options.Activities.Count == 0 && options.Workflows.Count == 0)
        {
            throw new ArgumentException("Must have at least one workflow, activity, or Nexus service", nameof(options));
        }

        options.LoggerFactory ??= client.Options.LoggerFactory;
        _interceptors = [.. (client.Options.Interceptors ?? []).OfType<IWorkerInterceptor>(), .. options.Interceptors ?? []];
    }

    /// <summary>The client's plugins that are for workers too, then the worker's own.</summary>
    public static IReadOnlyList<ITemporalWorkerPlugin> Plugins(IWorkerClient client, TemporalWorkerOptions options) =>
        [.. (client.Options.Plugins ?? []).OfType<ITemporalWorkerPlugin>(), .. options.Plugins ?? []];

    /// <exception cref="ArgumentException">The client is not one of this SDK.</exception>
    /// <exception cref="InvalidOperationException">The client is not connected.</exception>
    public static TemporalConnection Connection(IWorkerClient client)
    {
        if (client.BridgeClientProvider is not TemporalConnection connection)
        {
            throw new ArgumentException("The client's connection must be a TemporalConnection", nameof(client));
        }

        return connection.IsConnected
            ? connection
            : throw new InvalidOperationException("Cannot use unconnected lazy client for worker, connect it first");
    }

    public CoreHost CoreHost() => new(_connection.ForWorker(_client.Options.Namespace))
    {
        LoggerFactory = Loggers,
        TimeProvider = _connection.Options.TimeProvider,
    };

    public CoreWorkerOptions CoreOptions()
    {
        var slots = WorkerSlots.Of(_options);
        var deployment = _options.DeploymentOptions;
#pragma warning disable CS0618 // The older options still count where the newer ones are not given.
        var buildId = deployment?.Version?.BuildId ?? _options.BuildId ?? EntryAssembly.BuildId;
        var versioning = deployment?.UseWorkerVersioning ?? _options.UseWorkerVersioning;
#pragma warning restore CS0618
        var failing = typeof(WorkflowNondeterminismException);
        return new()
        {
            Namespace = _client.Options.Namespace,
            TaskQueue = _taskQueue,
            Identity = _options.Identity ?? _connection.Options.Identity!,
            BuildId = buildId,
            UseVersioning = versioning,
            DeploymentName = deployment?.Version?.DeploymentName,
            PollWorkflows = _options.Workflows.Count > 0,
            PollActivities = _options.Activities.Count > 0 && !_options.LocalActivityWorkerOnly,
            MaxCachedWorkflows = _options.MaxCachedWorkflows,
            MaxConcurrentWorkflowTasks = slots.Workflows,
            MaxConcurrentActivities = slots.Activities,
            MaxConcurrentLocalActivities = slots.LocalActivities,
            WorkflowSlots = _options.Tuner?.WorkflowTaskSlotSupplier as CustomSlotSupplier,
            ActivitySlots = _options.Tuner?.ActivityTaskSlotSupplier as CustomSlotSupplier,
            LocalActivitySlots = _options.Tuner?.LocalActivitySlotSupplier as CustomSlotSupplier,
            MaxConcurrentWorkflowTaskPolls = WorkerSlots.Polls(_options.WorkflowTaskPollerBehavior, _options.MaxConcurrentWorkflowTaskPolls),
            MaxConcurrentActivityTaskPolls = WorkerSlots.Polls(_options.ActivityTaskPollerBehavior, _options.MaxConcurrentActivityTaskPolls),
            NonStickyToStickyPollRatio = _options.NonStickyToStickyPollRatio,
            StickyQueueScheduleToStartTimeout = _options.StickyQueueScheduleToStartTimeout,
            MaxHeartbeatThrottleInterval = _options.MaxHeartbeatThrottleInterval,
            DefaultHeartbeatThrottleInterval = _options.DefaultHeartbeatThrottleInterval,
            MaxActivitiesPerSecond = _options.MaxActivitiesPerSecond,
            MaxTaskQueueActivitiesPerSecond = _options.MaxTaskQueueActivitiesPerSecond,
            GracefulShutdownPeriod = _options.GracefulShutdownTimeout,
            NondeterminismFailsWorkflow = _options.WorkflowFailureExceptionTypes?.Any(t => t.IsAssignableFrom(failing)) ?? false,
            NondeterminismFailsWorkflowTypes = _options.Workflows
                .Where(w => w.Name is not null && (w.FailureExceptionTypes?.Any(t => t.IsAssignableFrom(failing)) ?? false))
                .Select(w => w.Name!)
                .ToHashSet(StringComparer.Ordinal),
            WorkflowTypes = [.. _options.Workflows.Select(w => w.Name).OfType<string>()],
            ActivityTypes = [.. _options.Activities.Select(a => a.Name).OfType<string>()],
        };
    }

    public ActivityEnvironment ActivityEnvironment() => new()
    {
        Namespace = _client.Options.Namespace,
        TaskQueue = _taskQueue,
        DataConverter = _client.Options.DataConverter,
        Interceptors = _interceptors,
        LoggerFactory = Loggers,
        MetricMeter = Runtime.MetricMeter,
        TaskFactory = ReferenceEquals(_options.ActivityTaskFactory, Task.Factory) ? null : _options.ActivityTaskFactory,
        Client = _currentClient,
    };

    public InstanceEnvironment InstanceEnvironment() => new()
    {
        Namespace = _client.Options.Namespace,
        TaskQueue = _taskQueue,
        DataConverter = _client.Options.DataConverter,
        Interceptors = _interceptors,
        LoggerFactory = Loggers,
        MetricMeter = Runtime.MetricMeter,
        StackTrace = _options.WorkflowStackTrace,
        DisableEagerActivities = _options.DisableEagerActivityExecution,
        FailureExceptionTypes = _options.WorkflowFailureExceptionTypes ?? [],
        DefaultVersioningBehavior = _options.DeploymentOptions?.DefaultVersioningBehavior ?? default,
        PatchActivation = _options.PatchActivationCallback,
        TaskStarting = _options.ListensToTaskStarting ? (info, definition) => _options.OnTaskStarting(_options, new(info, definition)) : null,
        TaskCompleted = _options.ListensToTaskCompleted ? (info, definition, e) => _options.OnTaskCompleted(_options, new(info, definition, e)) : null,
    };

    private ForgivingLoggerFactory Loggers => new(_options.LoggerFactory!);

    private TemporalRuntime Runtime => _connection.Options.Runtime ?? TemporalRuntime.Default;
}
