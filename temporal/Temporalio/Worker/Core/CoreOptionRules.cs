namespace Temporalio.Worker.Core;

/// <summary>Options that cannot work together.</summary>
internal static class CoreOptionRules
{
    /// <exception cref="InvalidOperationException">The options cannot work; the message says why.</exception>
    public static void Check(CoreWorkerOptions options)
    {
        Require(options.TaskQueue.Length > 0, "The task queue must be named");
        Require(options.PollWorkflows || options.PollActivities, "At least one of workflows and activities must be polled for");
        Require(options.MaxCachedWorkflows >= 0, "max_cached_workflows must not be negative");
        Require(options.MaxConcurrentWorkflowTasks > 0, "max_concurrent_workflow_tasks must be positive");
        Require(options.MaxConcurrentActivities > 0, "max_concurrent_activities must be positive");
        Require(options.MaxConcurrentLocalActivities > 0, "max_concurrent_local_activities must be positive");
        if (options.PollWorkflows && options.MaxCachedWorkflows > 0)
        {
            Require(options.MaxConcurrentWorkflowTaskPolls >= 2, "max_concurrent_workflow_task_polls must be at least 2 when workflows are cached");
            Require(options.MaxConcurrentWorkflowTasks >= 2, "max_concurrent_workflow_tasks must be at least 2 when workflows are cached");
        }

        Require(
            options.MaxActivitiesPerSecond is null or > 0 && double.IsFinite(options.MaxActivitiesPerSecond ?? 1),
            "max_activities_per_second must be positive and finite");
        Require(
            options.MaxTaskQueueActivitiesPerSecond is null or > 0 && double.IsFinite(options.MaxTaskQueueActivitiesPerSecond ?? 1),
            "max_task_queue_activities_per_second must be positive and finite");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new InvalidOperationException(message);
        }
    }
}
