using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Execution;

/// <summary>Signals, each of which a workflow gets once however often its sender repeats it.</summary>
internal static class Signals
{
    private const int MaxSignals = 10_000;

    /// <summary>Adds a signal to an open run, unless its request id was honoured before.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">RESOURCE_EXHAUSTED: the workflow is about to close, or has had too many.</exception>
    public static void Add(RunStep step, WorkflowExecutionSignaledEventAttributes signal, IEnumerable<Link>? links = null, bool schedule = true)
    {
        var run = step.Run;
        if (signal.RequestId.Length > 0 && run.SignalRequestIds.Contains(signal.RequestId))
        {
            return;
        }

        if (run.Task is { IsStarted: true, Closing: true })
        {
            throw Faults.Busy("workflow operation can not be applied because workflow is closing");
        }

        if (run.SignalCount >= MaxSignals)
        {
            throw Faults.Invalid("exceeded workflow execution limit for signal events");
        }

        run.SignalCount++;
        var e = new HistoryEvent { EventType = EventType.WorkflowExecutionSignaled, WorkflowExecutionSignaledEventAttributes = signal };
        e.Links.AddRange(links ?? []);
        step.Record(e);
        if (signal.RequestId.Length > 0)
        {
            run.SignalRequestIds.Add(signal.RequestId);
        }

        if (schedule)
        {
            WorkflowTasks.EnsureScheduled(step);
        }
    }
}
