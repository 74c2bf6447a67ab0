namespace Temporalio.Converters;

/// <summary>What a value that is being converted belongs to.</summary>
public interface ISerializationContext
{
    /// <summary>A context that belongs to a workflow.</summary>
    public interface IHasWorkflow : ISerializationContext
    {
        string Namespace { get; }

        string WorkflowId { get; }
    }

    /// <summary>The value belongs to a workflow.</summary>
    public sealed record Workflow(string Namespace, string WorkflowId) : IHasWorkflow;

    /// <summary>The value belongs to an activity. Workflow id and type are <see langword="null"/> for a standalone one.</summary>
    public sealed record Activity(
        string Namespace,
        string? ActivityId,
        string? WorkflowId,
        string? WorkflowType,
        string ActivityType,
        string ActivityTaskQueue,
        bool IsLocal) : ISerializationContext
    {
        /// <summary>The context of a running activity.</summary>
        public Activity(Activities.ActivityInfo info)
            : this(info.Namespace, info.ActivityId, info.WorkflowId, info.WorkflowType, info.ActivityType, info.TaskQueue, info.IsLocal)
        {
        }
    }
}
