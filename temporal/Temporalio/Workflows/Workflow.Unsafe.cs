using Temporalio.Worker.WorkflowTasks;

namespace Temporalio.Workflows;

/// <content>What workflow code had better not use.</content>
public static partial class Workflow
{
    /// <summary>What workflow code had better not use: it can make replay differ.</summary>
    public static class Unsafe
    {
        /// <summary>True while history is replayed. Queries see true always.</summary>
        public static bool IsReplaying => Context.IsReplaying;

        /// <summary>True while events of history are replayed; false in queries and update validators, which happen now.</summary>
        public static bool IsReplayingHistoryEvents => Context.IsReplayingHistoryEvents;

        /// <summary>Runs code that the watch over task schedulers would refuse.</summary>
        public static T WithTracingEventListenerDisabled<T>(Func<T> fn)
        {
            ArgumentNullException.ThrowIfNull(fn);
            using var pause = WorkflowEventListener.Pause();
            return fn();
        }

        /// <inheritdoc cref="WithTracingEventListenerDisabled{T}"/>
        public static void WithTracingEventListenerDisabled(Action fn)
        {
            ArgumentNullException.ThrowIfNull(fn);
            using var pause = WorkflowEventListener.Pause();
            fn();
        }
    }
}
