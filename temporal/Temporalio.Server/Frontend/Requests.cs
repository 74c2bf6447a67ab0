using Temporalio.Api.Common.V1;
using Temporalio.Rpc;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

/// <summary>Checks that many requests have in common.</summary>
internal static class Requests
{
    public const int MaxIdBytes = 1000;

    /// <summary>How names begin that the server gives to partitions of task queues.</summary>
    public const string ReservedQueuePrefix = "/_sys/";

    public static bool TooLong(string id) => id.Length > MaxIdBytes || (id.Length > MaxIdBytes / 3 && System.Text.Encoding.UTF8.GetByteCount(id) > MaxIdBytes);

    public static RpcFault IdTooLong(string workflowId) =>
        Faults.Invalid($"WorkflowId exceeds maximum allowed length ({System.Text.Encoding.UTF8.GetByteCount(workflowId)}/{MaxIdBytes})");

    /// <exception cref="RpcFault">The namespace is unknown or the execution is not named properly.</exception>
    public static WorkflowKey Execution(Engine engine, string ns, WorkflowExecution? execution)
    {
        engine.Namespaces.Require(ns);
        if (execution is null)
        {
            throw Faults.Invalid("Execution is not set on request.");
        }

        if (execution.WorkflowId.Length == 0)
        {
            throw Faults.Invalid("WorkflowId is not set on request.");
        }

        CheckRunId(execution.RunId);
        return new WorkflowKey(ns, execution.WorkflowId);
    }

    public static void CheckRunId(string runId)
    {
        if (runId.Length > 0 && !Guid.TryParse(runId, out _))
        {
            throw Faults.Invalid("Invalid RunId.");
        }
    }

    /// <exception cref="RpcFault">INVALID_ARGUMENT.</exception>
    public static void CheckIdentity(string identity)
    {
        if (TooLong(identity))
        {
            throw Faults.Invalid("Identity length exceeds limit.");
        }
    }

    /// <summary>The same check in the words of calls that leave it to the run's owner.</summary>
    /// <exception cref="RpcFault">INVALID_ARGUMENT.</exception>
    public static void CheckRunUuid(string runId)
    {
        if (runId.Length > 0 && !Guid.TryParse(runId, out _))
        {
            throw Faults.Invalid("RunId is not valid UUID.");
        }
    }

    /// <exception cref="RpcFault">INVALID_ARGUMENT.</exception>
    public static void CheckTaskQueue(Api.TaskQueue.V1.TaskQueue? queue)
    {
        if (TaskQueueProblem(queue) is { } problem)
        {
            throw Faults.Invalid(problem);
        }
    }

    /// <summary>What is wrong with the name of a task queue; <see langword="null"/> if nothing is.</summary>
    public static string? TaskQueueProblem(Api.TaskQueue.V1.TaskQueue? queue) =>
        queue is null ? "taskQueue is not set"
        : queue.Name.Length == 0 ? "missing task queue name"
        : TooLong(queue.Name) ? "taskQueue length exceeds limit"
        : queue.Name.StartsWith(ReservedQueuePrefix, StringComparison.Ordinal) ? $"task queue name cannot start with reserved prefix {ReservedQueuePrefix}"
        : null;

    /// <summary>How long a call may wait: the server's patience, or a second less than the caller's.</summary>
    public static TimeSpan Patience(Engine engine, RpcContext context, TimeSpan longest)
    {
        if (context.Deadline is not { } deadline)
        {
            return longest;
        }

        var left = deadline - engine.Time.GetUtcNow() - TimeSpan.FromSeconds(1);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < longest ? left : longest;
    }
}
