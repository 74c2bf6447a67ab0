using System.Diagnostics.Tracing;
using Temporalio.Exceptions;
using Temporalio.Worker.Instance;

namespace Temporalio.Worker.WorkflowTasks;

/// <summary>
/// Watches, for the whole process, whether workflow code uses another scheduler, the thread pool or a timer of its own, and fails the task
/// if so. Costs at every task of the process, so it listens only while a worker wants it.
/// </summary>
internal sealed class WorkflowEventListener : EventListener
{
    private const string TplSource = "System.Threading.Tasks.TplEventSource";
    private const string FrameworkSource = "System.Diagnostics.Eventing.FrameworkEventSource";
    private const int TaskScheduledEvent = 7;
    private const int TaskWaitBeginEvent = 10;
    private const int ThreadTransferSendEvent = 150;

    private static readonly Lock s_lock = new();
    private static WorkflowEventListener? s_listener;
    private static int s_users;

    [ThreadStatic]
    private static bool t_paused;

    /// <summary>Listens until the answer is disposed.</summary>
    public static IDisposable Listen()
    {
        lock (s_lock)
        {
            s_users++;
            s_listener ??= new();
        }

        return new Subscription();
    }

    /// <summary>Lets the current thread do anything until the answer is disposed.</summary>
    public static IDisposable Pause() => new PauseSpan();

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == TplSource)
        {
            // Keyword 2: Tasks.
            EnableEvents(eventSource, EventLevel.Informational, (EventKeywords)2);
        }
        else if (eventSource.Name == FrameworkSource)
        {
            // Keyword 16: ThreadTransfer.
            EnableEvents(eventSource, EventLevel.Informational, (EventKeywords)16);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (t_paused || TaskScheduler.Current is not WorkflowScheduler scheduler)
        {
            return;
        }

        var source = eventData.EventSource.Name;
        if (source == TplSource && eventData.EventId is TaskScheduledEvent or TaskWaitBeginEvent)
        {
            // The first field of both events is the originating scheduler's id; that of a task scheduled elsewhere differs.
            if (eventData.Payload is [int id, ..] && id != scheduler.Id)
            {
                scheduler.Instance.FailTask(new InvalidWorkflowSchedulerException(
                    $"Task {(eventData.EventId == TaskScheduledEvent ? "scheduled" : "waited on")} during workflow run was not of the workflow's scheduler",
                    Environment.StackTrace));
            }
        }
        else if (source == FrameworkSource && eventData.EventId == ThreadTransferSendEvent)
        {
            scheduler.Instance.FailTask(new InvalidWorkflowSchedulerException(
                "Workflow code used a timer or the thread pool of its own", Environment.StackTrace));
        }
    }

    private sealed class Subscription : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
            {
                return;
            }

            lock (s_lock)
            {
                if (--s_users == 0)
                {
                    s_listener?.Dispose();
                    s_listener = null;
                }
            }
        }
    }

    private sealed class PauseSpan : IDisposable
    {
        private readonly bool _before = t_paused;

        public PauseSpan() => t_paused = true;

        public void Dispose() => t_paused = _before;
    }
}
