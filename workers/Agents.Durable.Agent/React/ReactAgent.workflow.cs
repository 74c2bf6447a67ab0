using System.Diagnostics;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.React;

/// <summary>
/// One task of a declarative agent. The workflow's id is the task's; it holds cursors and counters, and decides nothing itself: it asks the policy for
/// the next step and makes it, until a step ends the task.
/// </summary>
[Workflow(AgentWorkflows.React)]
public sealed class ReactAgent
{
    private readonly AgentRun _run = new(null);
    private bool _recall;
    private string? _failure;

    [WorkflowInit]
    public ReactAgent(RunState? state = null)
    {
        if (state is not null)
        {
            _run.Carry(state);
            _recall = state.Asking is not null;
        }
    }

    [WorkflowRun]
    public Task RunAsync(RunState? state = null) => _run.LiveAsync(async () =>
    {
        while (await StepAsync(ReactPolicy.Next(Facts())))
        {
        }
    });

    [WorkflowSignal(AgentWorkflows.Wake)]
    public Task WakeAsync(long position)
    {
        _run.Expect(position);
        return Task.CompletedTask;
    }

    [WorkflowSignal(AgentSessions.Interrupt)]
    public Task InterruptAsync()
    {
        _run.Interrupt();
        return Task.CompletedTask;
    }

    [WorkflowUpdateValidator(nameof(SendMessageAsync))]
    public void ValidateMessage(string text) => _run.CheckMessage(text);

    [WorkflowUpdate(AgentSessions.SendMessage)]
    public Task<SessionTurn> SendMessageAsync(string text) => _run.TakeMessageAsync(text);

    [WorkflowQuery(AgentSessions.State)]
    public SessionState State() => _run.Describe();

    [WorkflowQuery(AgentSessions.Usage)]
    public SessionUsage Usage() => _run.Usage();

    [WorkflowQuery(AgentSessions.Pending)]
    public SessionPending Pending() => _run.Pending();

    private ReactFacts Facts() => new()
    {
        Cancel = _run.Cancel,
        Interrupt = _run.State.Interrupt,
        Recall = _recall,
        Late = Deadlines.Passed(_run.State, Workflow.UtcNow),
        Unread = _run.Unread,
        HistoryFull = _run.HistoryFull,
        HistoryLong = !_run.State.Open && _run.HistoryLong,
        Open = _run.State.Open,
        CallsToMake = _run.CallsToMake,
        CallsInQuestion = _run.CallsInQuestion,
        Failure = _failure,
        Iterations = _run.State.Iterations,
        Turns = _run.State.Turns,
        Tokens = _run.State.InputTokens + _run.State.OutputTokens,
        Limits = _run.State.Limits,
    };

    /// <summary>Makes a step; false when it ended the task.</summary>
    private async Task<bool> StepAsync(ReactStep step)
    {
        _run.Doing = Doing(step);
        switch (step)
        {
            case ReactStep.Wait:
                await Deadlines.WaitAsync(() => _run.State.Newest > _run.State.Cursor || _run.State.Interrupt, _run.State);
                return true;
            case ReactStep.TakeMail:
                await OrFailAsync(() => _run.TakeMailAsync(bodies: false));
                return true;
            case ReactStep.CallModel:
                await Deadlines.KeepAsync(token => OrFailAsync(() => CallModelAsync(token)), _run.State);
                return true;
            case ReactStep.Recall:
                await _run.RecallAsync();
                _recall = false;
                return true;
            case ReactStep.CallTools:
                await Deadlines.KeepAsync(token => _run.CallToolsAsync(failure => _failure = AgentRun.Reason(failure), token), _run.State);
                return true;
            case ReactStep.SkipTools skip:
                await _run.SkipToolsAsync(skip.Reason);
                return true;
            case ReactStep.EndTurn end:
                await _run.NoticeAsync(new NoticeRequest(_run.State.Head, end.Notice));
                _run.EndTurn();
                return true;
            case ReactStep.Pause:
                await _run.PauseAsync();
                return true;
            case ReactStep.ContinueAsNew:
                throw _run.ContinueAsNew();
            case ReactStep.Complete complete:
                return await _run.SettleAsync(AgentTaskStatus.Completed, complete.Reason, _run.State.Cursor);
            case ReactStep.Fail fail:
                await _run.SettleAsync(AgentTaskStatus.Failed, fail.Reason, null);
                throw new ApplicationFailureException(fail.Reason, "AgentFailed", nonRetryable: true);
            case ReactStep.TimeOut late:
                await _run.SettleAsync(AgentTaskStatus.TimedOut, late.Reason, null);
                throw new ApplicationFailureException(late.Reason, "AgentTimedOut", nonRetryable: true);
            case ReactStep.Cancel:
                await _run.CancelAsync();
                return false;
            default:
                throw new UnreachableException(step.ToString());
        }
    }

    private async Task CallModelAsync(CancellationToken token)
    {
        await _run.CallModelAsync(null, bodies: false, token);
        if (_run.CallsToMake == 0)
        {
            _run.EndTurn();
        }
    }

    /// <summary>What fails for good is for the policy.</summary>
    private async Task OrFailAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (ActivityFailureException e) when (!TemporalException.IsCanceledException(e))
        {
            _failure = AgentRun.Reason(e);
        }
    }

    private string Doing(ReactStep step) => step switch
    {
        ReactStep.Wait when _run.CallsInQuestion > 0 => "waiting for a decision",
        ReactStep.Wait => "waiting for input",
        ReactStep.TakeMail => "reading",
        ReactStep.CallModel or ReactStep.Recall => "thinking",
        ReactStep.CallTools or ReactStep.SkipTools => "using tools",
        ReactStep.Cancel => "canceling",
        _ => "ending",
    };
}
