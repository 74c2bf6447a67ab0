using Temporalio.Api.Enums.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Worker.Core.History;
using Temporalio.Worker.Core.LocalActivities;
using Temporalio.Worker.Core.Machines;
using Reason = Temporalio.Bridge.Api.WorkflowActivation.RemoveFromCache.Types.EvictionReason;

namespace Temporalio.Worker.Core.Runs;

/// <summary>
/// One cached run: the workflow task it works on, the activation that is out, what waits behind them. Methods answer with what the run
/// wants next and do no I/O. At most one activation is out at any time, and an eviction is always the last.
/// </summary>
internal sealed class Run
{
    private readonly RunLocalActivities _local;
    private readonly TaskBuffer _buffer = new();
    private OutstandingTask? _task;
    private readonly ActivationSlot _activation;
    private EvictionRequest? _eviction;
    private HistoryPager? _pager;
    private ActivationTicket? _waitingForPage;
    private bool _broken;

    public Run(RunMachines machines, ILocalActivities localActivities, LocalActivityWait localWait)
    {
        Machines = machines;
        _local = new(machines, localActivities, localWait);
        _activation = new(machines.RunId);
    }

    public RunMachines Machines { get; }

    public string RunId => Machines.RunId;

    public bool IsEvicting => _eviction is not null;

    public bool HasBufferedTasks => !_buffer.IsEmpty;

    /// <summary>It works on a workflow task, or its local activities keep one open.</summary>
    public bool HasTask => _task is not null;

    public bool HasActivation => _activation.IsTaken;

    public bool HasAutomaticActivation => _activation.IsAutomatic;

    /// <summary>A completion that cannot go on before a page of history is read.</summary>
    public ActivationTicket? TicketWaitingForPage => _waitingForPage;

    public bool WaitsForLocalActivities => _local.Wait.IsWaiting;

    /// <summary>Jobs that arose without a workflow task wait for one: they may belong into its activation.</summary>
    public bool HasMoreWork => _task is not null && Machines.HasPendingJobs;

    public bool HasPendingWork(bool ignoreBuffered) =>
        _task is not null || HasMoreWork || HasActivation || IsEvicting || (!ignoreBuffered && HasBufferedTasks);

    /// <summary>Keeps the task for later if the run is busy.</summary>
    public bool TryBuffer(WorkflowTask task)
    {
        // A task that is nothing but a query must not take the place of one that local activities keep open.
        var isInTheWay = _task is not null && task.LegacyQuery is not null && task.Update.StartedId == 0;
        if (!HasActivation && !IsEvicting && !HasMoreWork && !isInTheWay && !Skips(task))
        {
            return false;
        }

        _buffer.Add(task);
        return true;
    }

    /// <summary>Whether events are missing between what this run knows and what the task brings.</summary>
    public bool Skips(WorkflowTask task) => task.Update.FirstEventId is { } first && first > Machines.LastEventId + 1;

    public RunAct? Accept(WorkflowTask task) => Guard(null, () => AcceptCore(task));

    /// <summary>
    /// A completion by the workflow's side, or an automatic one. Answers with the outcome through the ticket, unless a page of history
    /// must be read first; then it is <paramref name="page"/>.
    /// </summary>
    public RunAct? Complete(ActivationTicket ticket, Success completion, out HistoryPager? page)
    {
        page = null;
        if (_task is null)
        {
            ticket.Outcome = CompletionOutcome.DoNothing.Instance;
            return null;
        }

        if (completion.Commands is [{ RespondToQuery: { QueryId: WorkflowTask.LegacyQueryId } answer }])
        {
            ticket.Outcome = new CompletionOutcome.AnswerQuery(_task.Token, answer);
            return null;
        }

        ticket.Completion = completion;
        if (!Machines.Applier.IsReady && !_activation.IsEviction)
        {
            page = _pager;
            _waitingForPage = ticket;
            return null;
        }

        return Guard(ticket, () => Process(ticket, null));
    }

    /// <summary>The page that a completion waited for.</summary>
    public RunAct? ContinueWith(HistoryUpdate update)
    {
        var ticket = _waitingForPage ?? throw new FatalRunException("A page of history came that no completion waits for");
        _waitingForPage = null;
        return Guard(ticket, () => Process(ticket, update));
    }

    public RunAct? Fail(ActivationTicket ticket, TaskFailure failure)
    {
        if (_task is not { } task)
        {
            ticket.Outcome = CompletionOutcome.DoNothing.Instance;
            return null;
        }

        var act = failure.Evicts(task) ? RequestEviction(new($"Workflow activation completion failed: {failure.Failure.Message}", failure.Reason)) : null;
        ticket.Outcome = failure.Decide(task, Machines.Context.FailsWorkflowOnNondeterminism(Machines.WorkflowType));
        if (ticket.Outcome is not null)
        {
            return act;
        }

        ticket.IsForcedFailure = true;
        ticket.Completion = new() { Commands = { new WorkflowCommand { FailWorkflowExecution = new() { Failure = failure.Failure } } } };
        return Guard(ticket, () => Process(ticket, null)) ?? act;
    }

    /// <summary>The task has been answered (or, by <paramref name="report"/>, given up); its slot is the caller's to use or release.</summary>
    public OutstandingTask? FinishTask(TaskReport report)
    {
        // Not answered, but over: a replayed history that ends with the workflow. With queries still to be put to it, it goes on.
        if (_task is null || (report.Kind is TaskReportKind.NotReported && (!Machines.SawTerminalEvent || _task.PendingQueries.Count > 0)))
        {
            return null;
        }

        var finished = _task;
        _task = null;
        if (report.Kind is TaskReportKind.Reported)
        {
            if (report.ResetTo > 0)
            {
                Machines.RollBackTo(report.ResetTo);
            }

            _local.TaskCompleted();
        }

        return finished;
    }

    /// <summary>Gives up the task of a run that is gone, if it still has one: its slot is the caller's to release.</summary>
    public OutstandingTask? LeaveTask()
    {
        var left = _task;
        _task = null;
        return left;
    }

    /// <summary>The activation is over; answers whether that was the eviction, and with it the tasks that came meanwhile.</summary>
    public bool FinishActivation(bool automaticOnly, out List<WorkflowTask> leftOver)
    {
        leftOver = [];
        if (automaticOnly && !HasAutomaticActivation)
        {
            return false;
        }

        if (!_activation.Free())
        {
            return false;
        }

        _local.Abandon();
        leftOver = _buffer.TakeAll();
        return true;
    }

    public RunAct? CheckMore() => Guard(null, CheckMoreCore);

    public RunAct? Resolve(LocalActivityResolved resolved) => Guard(null, () =>
    {
        _local.Resolve(resolved);
        return CheckMoreCore();
    });

    /// <summary>The workflow task's time-out is near and a local activity still runs: the task has to be answered and renewed.</summary>
    public RunAct? HeartbeatDue() => Guard(null, () => _local.Wait.NoteDue() && !HasActivation && _task is not null ? RunAct.AutoComplete.Instance : null);

    public RunAct? RequestEviction(EvictionRequest request)
    {
        if (_waitingForPage is { } ticket && request.Reason is Reason.PaginationOrHistoryFetch)
        {
            _waitingForPage = null;
            var failure = RunFailures.Application(request.Message, nonRetryable: false);
            return Fail(ticket, new(WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure, request.Reason, failure, IsAutomatic: true));
        }

        var isFirst = !_activation.IsEviction && _eviction is null;
        _eviction = request;
        if (!isFirst)
        {
            return null;
        }

        // A task that is nothing but a query is still answered, or it would be answered as what it is not.
        if (request.IsBecauseOfFailure && _task is { IsLegacyQuery: false } task)
        {
            task.PendingQueries.Clear();
        }

        return CheckMore();
    }

    private RunAct? AcceptCore(WorkflowTask task)
    {
        _pager = task.Pager;

        // One that local activities kept open has timed out at the server, or there would be no other.
        _task?.Permit?.Release();
        _task = new OutstandingTask(task);
        _local.Wait.TaskArrived();
        if (task.LegacyQuery is not null && task.Queries.Count > 0)
        {
            throw new FatalRunException("Server issued both normal and legacy query");
        }

        if (task.LegacyQuery is not null && task.Update.StartedId == 0 && task.Update.PreviousStartedId < Machines.CurrentStartedId)
        {
            return new RunAct.AutoFail(new FatalRunException("Query expired"));
        }

        Machines.Applier.AddTask(task.Update, task.Messages);
        if (!Machines.HasPendingJobs)
        {
            Machines.Applier.ApplyNext();
        }

        if (Machines.HasPendingJobs)
        {
            return new RunAct.Activate(ActivationBuilder.Build(Machines));
        }

        // The answer to a heartbeat: nothing new but time.
        if (Machines.LocalActivities.Outstanding > 0 && _local.Wait.Renew(task.ReceivedAt))
        {
            return null;
        }

        return RunAct.AutoComplete.Instance;
    }

    private RunAct? Process(ActivationTicket ticket, HistoryUpdate? page)
    {
        var completion = ticket.Completion!;
        var task = _task!;
        var heartbeatDue = _local.Wait.IsDue || (HasAutomaticActivation && _local.Wait.IsWaiting);
        Machines.Flags.AddLangUsed(completion.UsedInternalFlags);
        if (_activation.IsEviction)
        {
            ticket.Outcome = CompletionOutcome.DoNothing.Instance;
            return null;
        }

        var (commands, answers) = CommandSequence.Split(
            completion.Commands, !Machines.Replaying || Machines.Flags.Use(CoreFlag.MoveTerminalCommands, record: false));
        Machines.Commands.Apply(commands);
        if (page is not null)
        {
            Machines.Applier.AddHistory(page);
        }

        if (!_broken)
        {
            Machines.Applier.ApplyUntilJobs();
        }

        _local.Submit();
        if (!_local.ReleasesTask(task, heartbeatDue, HasAutomaticActivation, answers.Count > 0, out var forceNewTask))
        {
            ticket.Outcome = CompletionOutcome.DoNothing.Instance;
            return null;
        }

        ticket.Outcome = TaskAnswer.Decide(Machines, task, ticket, answers, forceNewTask);
        return null;
    }

    private RunAct? CheckMoreCore()
    {
        if (HasActivation)
        {
            return null;
        }

        if (IsEvicting)
        {
            _local.CancelAll();
        }

        if (_task is not { } task)
        {
            return null;
        }

        if (Machines.HasPendingJobs && !_broken)
        {
            return new RunAct.Activate(ActivationBuilder.Build(Machines));
        }

        if (_local.Wait.IsWaiting && Machines.LocalActivities.Outstanding == 0)
        {
            _local.Wait.Stop();
            return RunAct.AutoComplete.Instance;
        }

        if (!_broken && task.PendingQueries.Count > 0)
        {
            var activation = ActivationBuilder.Build(Machines);
            task.TakeQueries(activation);
            return new RunAct.Activate(activation);
        }

        return _local.Wait.IsDue ? RunAct.AutoComplete.Instance : null;
    }

    /// <summary>Runs one change and settles what follows from it; an error breaks the run, which can then only be evicted.</summary>
    private RunAct? Guard(ActivationTicket? ticket, Func<RunAct?> change)
    {
        RunAct? act;
        try
        {
            act = change();
            if (act is null && HasMoreWork)
            {
                act = CheckMoreCore();
            }
        }
        catch (Exception error)
        {
            // Also what nobody thought of, as in a history that no server should write: it must not take the other runs along.
            _broken = true;
            if (ticket is null)
            {
                return _activation.Take(new RunAct.AutoFail(error));
            }

            return Fail(ticket, TaskFailure.Of(error));
        }

        if (act is null && _eviction is { } eviction && !HasActivation && (!HasMoreWork || _broken))
        {
            act = new RunAct.Activate(ActivationBuilder.Eviction(RunId, Machines.LastEventId, eviction));
        }

        if (act is null && !HasPendingWork(ignoreBuffered: true) && _buffer.TakeNext() is { } next)
        {
            return Accept(next);
        }

        return _activation.Take(act);
    }
}
