using System.Diagnostics;
using Temporalio.Api.Enums.V1;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Worker.Core.LocalActivities;
using Reason = Temporalio.Bridge.Api.WorkflowActivation.RemoveFromCache.Types.EvictionReason;

namespace Temporalio.Worker.Core.Runs;

/// <summary>
/// All runs of a worker as one state machine: an input in, outputs out, no I/O and no clock. The caller feeds it one input at a time.
/// </summary>
internal sealed class RunStream(
    RunContext context,
    CacheLimits cache,
    ILocalActivities localActivities,
    Action<string> whenHeartbeatDue,
    bool evictsAfterReplay = false)
{
    private readonly RunCache _runs = new(cache, context.TimeProvider);
    private readonly List<List<WorkflowTask>> _waitingForRoom = [];
    private readonly List<RunOutput> _outputs = [];
    private int _reads;
    private bool _watchesIdle;
    private bool _pollingEnded;
    private bool _drained;

    public int CachedRuns => _runs.Count;

    /// <summary>Handles one input; the list is valid until the next call.</summary>
    public IReadOnlyList<RunOutput> Handle(RunInput input)
    {
        _outputs.Clear();
        switch (input)
        {
            case RunInput.NewTask newTask:
                Accept(newTask.Task);
                break;
            case RunInput.Completed completed:
                Complete(completed.Completion, completed.Ticket);
                break;
            case RunInput.Reported reported:
                Finish(reported.RunId, reported.Ticket, reported.Report);
                break;
            case RunInput.PageRead page:
                _reads--;
                ContinueWithPage(page);
                break;
            case RunInput.PageFailed failed:
                _reads--;
                Evict(failed.RunId, new(failed.Message, Reason.PaginationOrHistoryFetch));
                break;
            case RunInput.HistoryRead history:
                _reads--;
                Accept(history.Task);
                break;
            case RunInput.HistoryFailed failed:
                _reads--;
                _outputs.Add(new RunOutput.FailTask(failed.Task, failed.Message));
                break;
            case RunInput.Resolved resolved:
                Act(_runs.Find(resolved.RunId), r => r.Resolve(resolved.Resolution));
                break;
            case RunInput.HeartbeatDue due:
                Act(_runs.Find(due.RunId), r => r.HeartbeatDue());
                break;
            case RunInput.Evict evict:
                Evict(evict.RunId, evict.Request);
                break;
            case RunInput.IdleDue:
                _watchesIdle = false;
                EvictAll(_runs.Idle().FindAll(r => !r.HasPendingWork(ignoreBuffered: false)));
                break;
            case RunInput.PollingEnded:
                _pollingEnded = true;
                break;
            default:
                throw new UnreachableException();
        }

        MakeRoom();
        if (_runs.HasTooManyToIdle && !_watchesIdle && !_pollingEnded)
        {
            _watchesIdle = true;
            _outputs.Add(new RunOutput.WatchIdle());
        }

        if (_pollingEnded && !_drained && _reads == 0 && _waitingForRoom.Count == 0
            && _runs.LeastRecentFirst.All(r => !r.HasPendingWork(ignoreBuffered: false)))
        {
            _drained = true;
            _outputs.Add(new RunOutput.Drained());
        }

        return _outputs;
    }

    private void Accept(WorkflowTask task)
    {
        var run = _runs.Use(task.RunId);
        if (run is not null && run.TryBuffer(task))
        {
            if (!run.HasActivation && run.Skips(task))
            {
                Act(run, r => r.RequestEviction(new("History of the workflow task does not join the cached run", Reason.CacheMiss)));
            }

            return;
        }

        if (run is null && _runs.IsFull)
        {
            WaitForRoom(task);
            return;
        }

        if (run is null && task.IsIncremental)
        {
            _reads++;
            _outputs.Add(new RunOutput.ReadHistory(task));
            return;
        }

        if (run is null)
        {
            run = new Run(
                new RunMachines(context, task.WorkflowId, task.RunId, task.WorkflowType),
                localActivities,
                new LocalActivityWait(context.TimeProvider, whenHeartbeatDue));
            _runs.Add(run);
        }

        Act(run, r => r.Accept(task));
    }

    private void Complete(WorkflowActivationCompletion completion, ActivationTicket ticket)
    {
        if (_runs.Use(completion.RunId) is not { } run)
        {
            ticket.MarkReported();
            return;
        }

        switch (completion.StatusCase)
        {
            case WorkflowActivationCompletion.StatusOneofCase.Successful:
                Settle(run, ticket, Succeed(run, ticket, completion.Successful));
                break;
            case WorkflowActivationCompletion.StatusOneofCase.Failed:
                var cause = completion.Failed.ForceCause is WorkflowTaskFailedCause.Unspecified
                    ? WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure
                    : completion.Failed.ForceCause;
                Settle(run, ticket, run.Fail(ticket, new(cause, Reason.LangFail, completion.Failed.Failure_, IsAutomatic: false)));
                break;
            default:
                throw new UnreachableException();
        }
    }

    private RunAct? Succeed(Run run, ActivationTicket ticket, Success completion)
    {
        var act = run.Complete(ticket, completion, out var pager);
        if (pager is not null)
        {
            _reads++;
            _outputs.Add(new RunOutput.ReadPage(run.RunId, pager));
        }

        return act;
    }

    private void ContinueWithPage(RunInput.PageRead page)
    {
        if (_runs.Find(page.RunId) is { TicketWaitingForPage: { } ticket } run)
        {
            Settle(run, ticket, run.ContinueWith(page.Update));
        }
    }

    /// <summary>Follows up a completion: what the server has to be told first, then what the run wants next.</summary>
    private void Settle(Run run, ActivationTicket ticket, RunAct? act)
    {
        switch (ticket.Outcome)
        {
            case null:
                break;
            case CompletionOutcome.DoNothing:
                Follow(run, act);
                act = null;
                EvictUncached(run);
                Finish(run.RunId, ticket, TaskReport.NotReported);
                return;
            case CompletionOutcome.DropTask:
                Follow(run, act);
                act = null;
                EvictUncached(run);
                Finish(run.RunId, ticket, TaskReport.Dropped);
                return;
            default:
                _outputs.Add(new RunOutput.Report(run.Machines, ticket));
                break;
        }

        Follow(run, act);
        if (ticket.Outcome is not null)
        {
            EvictUncached(run);
        }
    }

    // With no cache a run goes once its task is answered, but not while local activities, or jobs they caused, still belong to it.
    private void EvictUncached(Run run)
    {
        if (_runs.KeepsNothing && !run.WaitsForLocalActivities && !run.HasMoreWork && !run.IsEvicting)
        {
            Act(run, r => r.RequestEviction(new("Workflow cache full", Reason.CacheFull)));
        }
    }

    private void Finish(string runId, ActivationTicket ticket, TaskReport report)
    {
        ticket.MarkReported();
        if (_runs.Find(runId) is not { } run)
        {
            report.NextTask?.Permit?.Release();
            return;
        }

        if (report.Eviction is { } eviction)
        {
            Act(run, r => r.RequestEviction(eviction));
        }
        else if (evictsAfterReplay && !run.Machines.Replaying)
        {
            Act(run, r => r.RequestEviction(new("Always evict workflows after replay", Reason.LangRequested)));
        }

        var permit = run.FinishTask(report)?.Permit;
        _runs.Weigh(run);
        var evicted = run.FinishActivation(automaticOnly: ticket.IsAutomatic, out var tasks);
        if (evicted)
        {
            permit ??= run.LeaveTask()?.Permit;
            _runs.Remove(runId);
            _outputs.Add(new RunOutput.Evicted(runId));
        }

        // The server gave this task for the one just answered, so it goes on in its slot.
        if (report.NextTask is { } next && permit is not null)
        {
            tasks.Add(next with { Permit = permit });
        }
        else
        {
            permit?.Release();
        }

        if (tasks.Count == 0 && evicted && _waitingForRoom.Count > 0)
        {
            tasks = _waitingForRoom[0];
            _waitingForRoom.RemoveAt(0);
        }

        var before = _outputs.Count;
        tasks.ForEach(Accept);
        if (_outputs.Count > before || _runs.Find(runId) is not { } left)
        {
            return;
        }

        Act(left, r => r.CheckMore());
        if (_outputs.Count == before && !left.HasActivation && left.Machines.IsFinished && report.Kind is TaskReportKind.Reported)
        {
            Act(left, r => r.RequestEviction(new("Workflow completed", Reason.WorkflowExecutionEnding)));
        }
    }

    private void Evict(string runId, EvictionRequest request)
    {
        if (_runs.Find(runId) is not { } run)
        {
            return;
        }

        var waiting = run.TicketWaitingForPage;
        var act = run.RequestEviction(request);
        if (waiting?.Outcome is not null)
        {
            Settle(run, waiting, act);
            return;
        }

        Follow(run, act);
    }

    private void Act(Run? run, Func<Run, RunAct?> change)
    {
        if (run is not null)
        {
            Follow(run, change(run));
        }
    }

    private void Follow(Run run, RunAct? act)
    {
        switch (act)
        {
            case RunAct.Activate activate:
                ActivationBuilder.Order(activate.Activation);
                _outputs.Add(new RunOutput.Activate(activate.Activation));
                break;
            case RunAct.AutoComplete:
                var completing = new ActivationTicket(isAutomatic: true);
                Settle(run, completing, Succeed(run, completing, new Success()));
                break;
            case RunAct.AutoFail autoFail:
                var failing = new ActivationTicket(isAutomatic: true);
                Settle(run, failing, run.Fail(failing, TaskFailure.Of(autoFail.Error) with { Reason = Reason.Unspecified }));
                break;
        }
    }

    private void WaitForRoom(WorkflowTask task)
    {
        if (_waitingForRoom.Find(w => w[0].RunId == task.RunId) is { } waiting)
        {
            waiting.Add(task);
        }
        else
        {
            _waitingForRoom.Add([task]);
        }
    }

    /// <summary>
    /// Asks as many runs to go as tasks wait for room. Runs that have work waiting for themselves stay, and so do those whose task local
    /// activities keep open: they would have to run again.
    /// </summary>
    private void MakeRoom()
    {
        EvictAll(_runs.TooHeavy().FindAll(r => !r.HasPendingWork(ignoreBuffered: false)));
        var needed = _waitingForRoom.Count;
        if (needed == 0)
        {
            return;
        }

        needed -= _runs.LeastRecentFirst.Count(r => r.IsEvicting);
        if (needed <= 0)
        {
            return;
        }

        EvictAll(_runs.LeastRecentFirst.Where(r => !r.HasBufferedTasks && !r.IsEvicting && !r.WaitsForLocalActivities).Take(needed).ToList());
    }

    private void EvictAll(List<Run> runs)
    {
        foreach (var run in runs.Where(r => !r.HasBufferedTasks && !r.IsEvicting))
        {
            Act(run, r => r.RequestEviction(new("Workflow cache full", Reason.CacheFull)));
        }
    }
}
