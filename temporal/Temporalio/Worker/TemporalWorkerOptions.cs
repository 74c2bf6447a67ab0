using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Worker.Interceptors;
using Temporalio.Worker.Tuning;
using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>What a worker runs and how. Workflows, activities or both are required.</summary>
public class TemporalWorkerOptions : ICloneable
{
    /// <summary>Options to be filled in.</summary>
    public TemporalWorkerOptions()
    {
    }

    /// <param name="taskQueue">The task queue.</param>
    public TemporalWorkerOptions(string taskQueue) => TaskQueue = taskQueue;

    /// <summary>Before a workflow task runs. On the workflow's thread; must be quick and not throw.</summary>
    public event EventHandler<WorkflowTaskStartingEventArgs>? WorkflowTaskStarting;

    /// <summary>After a workflow task has run. On the workflow's thread; must be quick and not throw.</summary>
    public event EventHandler<WorkflowTaskCompletedEventArgs>? WorkflowTaskCompleted;

    /// <summary>The task queue. Required.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>The activities.</summary>
    public IList<ActivityDefinition> Activities { get; private set; } = [];

    /// <summary>The workflows.</summary>
    public IList<WorkflowDefinition> Workflows { get; private set; } = [];

    /// <summary>Starts activities. Default: the thread pool.</summary>
    public TaskFactory ActivityTaskFactory { get; set; } = Task.Factory;

    /// <summary>Interceptors, the outermost first; those of the client come before.</summary>
    public IReadOnlyCollection<IWorkerInterceptor>? Interceptors { get; set; }

    /// <summary>Build id. Default: derived from the entry assembly.</summary>
    [Obsolete("Use DeploymentOptions")]
    public string? BuildId { get; set; }

    /// <summary>True if the build id takes part in versioning.</summary>
    [Obsolete("Use DeploymentOptions")]
    public bool UseWorkerVersioning { get; set; }

    /// <summary>The place of this worker among deployed versions.</summary>
    public WorkerDeploymentOptions? DeploymentOptions { get; set; }

    /// <summary>Name of this worker for people. Default: the client's.</summary>
    public string? Identity { get; set; }

    /// <summary>Most activities at once. Default: 100. Excludes <see cref="Tuner"/>.</summary>
    public int? MaxConcurrentActivities { get; set; }

    /// <summary>Longest time for which heartbeats are held back. Default: 60 s.</summary>
    public TimeSpan MaxHeartbeatThrottleInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for which heartbeats are held back without a heartbeat time-out. Default: 30 s.</summary>
    public TimeSpan DefaultHeartbeatThrottleInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most activities that this worker starts in a second. Default: no limit.</summary>
    public double? MaxActivitiesPerSecond { get; set; }

    /// <summary>Most activities that the task queue hands out in a second, to all workers. Default: no limit.</summary>
    public double? MaxTaskQueueActivitiesPerSecond { get; set; }

    /// <summary>How long activities may go on once the worker shuts down, before they are cancelled. Default: not at all.</summary>
    public TimeSpan GracefulShutdownTimeout { get; set; }

    /// <summary>Most runs kept in memory; others are replayed when needed. Default: 10,000.</summary>
    public int MaxCachedWorkflows { get; set; } = 10000;

    /// <summary>Most workflow tasks at once. Default: 100. Excludes <see cref="Tuner"/>.</summary>
    public int? MaxConcurrentWorkflowTasks { get; set; }

    /// <summary>Most local activities at once. Default: 100. Excludes <see cref="Tuner"/>.</summary>
    public int? MaxConcurrentLocalActivities { get; set; }

    /// <summary>Most Nexus tasks at once; Nexus is not served by this SDK.</summary>
    public int? MaxConcurrentNexusTasks { get; set; }

    /// <summary>True if activities run as local ones only.</summary>
    public bool LocalActivityWorkerOnly { get; set; }

    /// <summary>How long a task of a run in this worker's memory waits for this worker. Default: 10 s.</summary>
    public TimeSpan StickyQueueScheduleToStartTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most polls for workflow tasks at once. Default: 5.</summary>
    public int MaxConcurrentWorkflowTaskPolls { get; set; } = 5;

    /// <summary>Share of polls that are for runs not in this worker's memory. Default: 0.2.</summary>
    public float NonStickyToStickyPollRatio { get; set; } = 0.2f;

    /// <summary>Most polls for activities at once. Default: 5.</summary>
    public int MaxConcurrentActivityTaskPolls { get; set; } = 5;

    /// <summary>Most polls for Nexus tasks at once; Nexus is not served by this SDK.</summary>
    public int MaxConcurrentNexusTaskPolls { get; set; } = 5;

    /// <summary>How many polls for workflow tasks; wins over <see cref="MaxConcurrentWorkflowTaskPolls"/>.</summary>
    public PollerBehavior? WorkflowTaskPollerBehavior { get; set; }

    /// <summary>How many polls for activities; wins over <see cref="MaxConcurrentActivityTaskPolls"/>.</summary>
    public PollerBehavior? ActivityTaskPollerBehavior { get; set; }

    /// <summary>How many polls for Nexus tasks; Nexus is not served by this SDK.</summary>
    public PollerBehavior? NexusTaskPollerBehavior { get; set; }

    /// <summary>Exceptions that fail a workflow instead of its task, besides the failure exceptions, which always do.</summary>
    public IReadOnlyCollection<Type>? WorkflowFailureExceptionTypes { get; set; }

    /// <summary>Asked whether a patch met for the first time is to be on. Default: always.</summary>
    public Func<PatchActivationInput, bool>? PatchActivationCallback { get; set; }

    /// <summary>True to let workflow code take any time, as under a debugger. Default: the environment variable TEMPORAL_DEBUG.</summary>
    public bool DebugMode { get; set; } = DebugSwitch.IsRequested;

    /// <summary>True to not watch, process-wide and at a cost, whether workflow code uses other schedulers.</summary>
    public bool DisableWorkflowTracingEventListener { get; set; }

    /// <summary>Default: the client's.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Whether workflows can be asked where they wait. Default: no.</summary>
    public WorkflowStackTrace WorkflowStackTrace { get; set; }

    /// <summary>Decides how much runs at once. Excludes the three limits above.</summary>
    public WorkerTuner? Tuner { get; set; }

    /// <summary>True if activities may not start in this worker without a way through the task queue.</summary>
    public bool DisableEagerActivityExecution { get; set; }

    /// <summary>Most activities of one workflow task that start that way. Default: 3.</summary>
    public int MaxEagerActivityReservationsPerWorkflowTask { get; set; } = 3;

    /// <summary>True to send payloads that the server will refuse for their size.</summary>
    public bool DisablePayloadErrorLimit { get; set; }

    /// <summary>Plugins, the outermost first; those of the client come before.</summary>
    public IReadOnlyCollection<ITemporalWorkerPlugin>? Plugins { get; set; }

    /// <summary>True if somebody listens to <see cref="WorkflowTaskStarting"/>.</summary>
    internal bool ListensToTaskStarting => WorkflowTaskStarting is not null;

    /// <summary>True if somebody listens to <see cref="WorkflowTaskCompleted"/>.</summary>
    internal bool ListensToTaskCompleted => WorkflowTaskCompleted is not null;

    /// <summary>Adds the activity of a method with <see cref="ActivityAttribute"/>.</summary>
    public TemporalWorkerOptions AddActivity(Delegate del) => AddActivity(ActivityDefinition.Create(del));

    /// <summary>Adds an activity.</summary>
    public TemporalWorkerOptions AddActivity(ActivityDefinition definition)
    {
        Activities.Add(definition);
        return this;
    }

    /// <summary>Adds all activities of a type. An instance is needed if one of them is not static.</summary>
    public TemporalWorkerOptions AddAllActivities<T>(T? instance) => AddAllActivities(typeof(T), instance);

    /// <inheritdoc cref="AddAllActivities{T}(T)"/>
    public TemporalWorkerOptions AddAllActivities(Type type, object? instance)
    {
        foreach (var definition in ActivityDefinition.CreateAll(type, instance))
        {
            AddActivity(definition);
        }

        return this;
    }

    /// <summary>Adds the workflow of a type with <see cref="WorkflowAttribute"/>.</summary>
    public TemporalWorkerOptions AddWorkflow<T>() => AddWorkflow(typeof(T));

    /// <inheritdoc cref="AddWorkflow{T}()"/>
    public TemporalWorkerOptions AddWorkflow(Type type) => AddWorkflow(WorkflowDefinition.Create(type));

    /// <summary>Adds a workflow.</summary>
    public TemporalWorkerOptions AddWorkflow(WorkflowDefinition definition)
    {
        Workflows.Add(definition);
        return this;
    }

    /// <summary>A copy with lists of its own.</summary>
    public virtual object Clone()
    {
        var copy = (TemporalWorkerOptions)MemberwiseClone();
        copy.Activities = [.. Activities];
        copy.Workflows = [.. Workflows];
        copy.DeploymentOptions = (WorkerDeploymentOptions?)DeploymentOptions?.Clone();
        return copy;
    }

    internal void OnTaskStarting(object sender, WorkflowTaskStartingEventArgs args) => WorkflowTaskStarting?.Invoke(sender, args);

    internal void OnTaskCompleted(object sender, WorkflowTaskCompletedEventArgs args) => WorkflowTaskCompleted?.Invoke(sender, args);
}
