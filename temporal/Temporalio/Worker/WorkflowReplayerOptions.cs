using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Converters;
using Temporalio.Runtime;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>What a replayer replays with.</summary>
public class WorkflowReplayerOptions : ICloneable
{
    /// <inheritdoc cref="TemporalWorkerOptions.WorkflowTaskStarting"/>
    public event EventHandler<WorkflowTaskStartingEventArgs>? WorkflowTaskStarting;

    /// <inheritdoc cref="TemporalWorkerOptions.WorkflowTaskCompleted"/>
    public event EventHandler<WorkflowTaskCompletedEventArgs>? WorkflowTaskCompleted;

    /// <summary>The workflows.</summary>
    public IList<WorkflowDefinition> Workflows { get; private set; } = [];

    /// <summary>Namespace that the code sees.</summary>
    public string Namespace { get; set; } = "ReplayNamespace";

    /// <summary>Task queue that the code sees.</summary>
    public string TaskQueue { get; set; } = "ReplayTaskQueue";

    /// <summary>Converts values to and from payloads.</summary>
    public DataConverter DataConverter { get; set; } = DataConverter.Default;

    /// <summary>Interceptors, the outermost first.</summary>
    public IReadOnlyCollection<IWorkerInterceptor>? Interceptors { get; set; }

    /// <summary>Build id.</summary>
    public string? BuildId { get; set; }

    /// <summary>Name for people.</summary>
    public string? Identity { get; set; }

    /// <inheritdoc cref="TemporalWorkerOptions.DebugMode"/>
    public bool DebugMode { get; set; } = DebugSwitch.IsRequested;

    /// <inheritdoc cref="TemporalWorkerOptions.DisableWorkflowTracingEventListener"/>
    public bool DisableWorkflowTracingEventListener { get; set; }

    /// <summary>Default: no logs.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Where metrics go.</summary>
    public TemporalRuntime? Runtime { get; set; }

    /// <inheritdoc cref="TemporalWorkerOptions.WorkflowFailureExceptionTypes"/>
    public IReadOnlyCollection<Type>? WorkflowFailureExceptionTypes { get; set; }

    /// <summary>Plugins, the outermost first.</summary>
    public IReadOnlyCollection<ITemporalWorkerPlugin>? Plugins { get; set; }

    internal bool ListensToTaskStarting => WorkflowTaskStarting is not null;

    internal bool ListensToTaskCompleted => WorkflowTaskCompleted is not null;

    /// <summary>Adds the workflow of a type with <see cref="WorkflowAttribute"/>.</summary>
    public WorkflowReplayerOptions AddWorkflow<T>() => AddWorkflow(typeof(T));

    /// <inheritdoc cref="AddWorkflow{T}()"/>
    public WorkflowReplayerOptions AddWorkflow(Type type) => AddWorkflow(WorkflowDefinition.Create(type));

    /// <summary>Adds a workflow.</summary>
    public WorkflowReplayerOptions AddWorkflow(WorkflowDefinition definition)
    {
        Workflows.Add(definition);
        return this;
    }

    /// <summary>A copy with a list of its own.</summary>
    public virtual object Clone()
    {
        var copy = (WorkflowReplayerOptions)MemberwiseClone();
        copy.Workflows = [.. Workflows];
        return copy;
    }

    internal void OnTaskStarting(object sender, WorkflowTaskStartingEventArgs args) => WorkflowTaskStarting?.Invoke(sender, args);

    internal void OnTaskCompleted(object sender, WorkflowTaskCompletedEventArgs args) => WorkflowTaskCompleted?.Invoke(sender, args);
}
