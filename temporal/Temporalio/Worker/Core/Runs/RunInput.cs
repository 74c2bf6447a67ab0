using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Worker.Core.History;
using Temporalio.Worker.Core.LocalActivities;

namespace Temporalio.Worker.Core.Runs;

/// <summary>Everything that can change a run.</summary>
internal abstract record RunInput
{
    private protected RunInput()
    {
    }

    internal sealed record NewTask(WorkflowTask Task) : RunInput;

    internal sealed record Completed(WorkflowActivationCompletion Completion, ActivationTicket Ticket) : RunInput;

    internal sealed record Reported(string RunId, ActivationTicket Ticket, TaskReport Report) : RunInput;

    /// <summary>The page of history that a completion waited for.</summary>
    internal sealed record PageRead(string RunId, HistoryUpdate Update) : RunInput;

    internal sealed record PageFailed(string RunId, string Message) : RunInput;

    /// <summary>A task of an uncached run, with its history from the start.</summary>
    internal sealed record HistoryRead(WorkflowTask Task) : RunInput;

    internal sealed record HistoryFailed(WorkflowTask Task, string Message) : RunInput;

    internal sealed record Resolved(string RunId, LocalActivityResolved Resolution) : RunInput;

    internal sealed record HeartbeatDue(string RunId) : RunInput;

    internal sealed record Evict(string RunId, EvictionRequest Request) : RunInput;

    /// <summary>Runs may have been idle for too long.</summary>
    internal sealed record IdleDue : RunInput;

    /// <summary>No new task will come from polling.</summary>
    internal sealed record PollingEnded : RunInput;
}

/// <summary>What the runs want done outside.</summary>
internal abstract record RunOutput
{
    private protected RunOutput()
    {
    }

    internal sealed record Activate(Bridge.Api.WorkflowActivation.WorkflowActivation Activation) : RunOutput;

    /// <summary>Do what the ticket's outcome says and answer with <see cref="RunInput.Reported"/>.</summary>
    internal sealed record Report(RunMachines Run, ActivationTicket Ticket) : RunOutput;

    /// <summary>Answer with <see cref="RunInput.PageRead"/> or <see cref="RunInput.PageFailed"/>.</summary>
    internal sealed record ReadPage(string RunId, HistoryPager Pager) : RunOutput;

    /// <summary>Answer with <see cref="RunInput.HistoryRead"/> or <see cref="RunInput.HistoryFailed"/>.</summary>
    internal sealed record ReadHistory(WorkflowTask Task) : RunOutput;

    /// <summary>Fail a task of which there is no run.</summary>
    internal sealed record FailTask(WorkflowTask Task, string Message) : RunOutput;

    /// <summary>The run has left the cache.</summary>
    internal sealed record Evicted(string RunId) : RunOutput;

    /// <summary>Bring <see cref="RunInput.IdleDue"/> after a while.</summary>
    internal sealed record WatchIdle : RunOutput;

    /// <summary>Polling has ended and no run has anything left to do.</summary>
    internal sealed record Drained : RunOutput;
}
