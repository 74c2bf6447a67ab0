using System.Diagnostics;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
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
    private readonly OpenCalls _calls = new();
    private ReactState _state;
    private bool _looked;
    private bool _cancel;
    private bool _recall;
    private bool _ended;
    private string? _failure;
    private string _doing = "starting";

    [WorkflowInit]
    public ReactAgent(ReactState? state = null)
    {
        _looked = state is not null;
        _state = state ?? new ReactState();
        _recall = _state.Asking is not null;
    }

    [WorkflowRun]
    public async Task RunAsync(ReactState? state = null)
    {
        try
        {
            while (await StepAsync(ReactPolicy.Next(Facts())))
            {
            }
        }
        catch (Exception e) when (TemporalException.IsCanceledException(e) && Workflow.CancellationToken.IsCancellationRequested)
        {
            await CancelAsync();
            await EndAsync();
            throw;
        }
        catch (ContinueAsNewException)
        {
            // Nobody waits for an answer of this history: the policy asks for a new one only then.
            throw;
        }
        catch (ApplicationFailureException)
        {
            await EndAsync();
            throw;
        }

        await EndAsync();
    }

    [WorkflowSignal(AgentWorkflows.Wake)]
    public Task WakeAsync(long position)
    {
        Expect(position);
        return Task.CompletedTask;
    }

    [WorkflowSignal(AgentSessions.Interrupt)]
    public Task InterruptAsync()
    {
        _state = _state with { Interrupt = true };
        return Task.CompletedTask;
    }

    [WorkflowUpdateValidator(nameof(SendMessageAsync))]
    public void ValidateMessage(string text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > ReactOptions.LongestMessage)
        {
            throw new ApplicationFailureException($"The message must have 1 to {ReactOptions.LongestMessage} characters.", "BadMessage", nonRetryable: true);
        }
    }

    [WorkflowUpdate(AgentSessions.SendMessage)]
    public async Task<SessionTurn> SendMessageAsync(string text)
    {
        var request = new PostRequest($"update:{Workflow.CurrentUpdateInfo!.Id}", text);
        var posted = await Workflow.ExecuteActivityAsync((ReactActivities run) => run.PostAsync(request), ReactOptions.Store);
        Expect(posted.Position);
        await Workflow.WaitConditionAsync(() => _ended || (posted.Position > 0 && _state.Cursor >= posted.Position && !_state.Open));
        return posted.Position > 0 && _state.Cursor >= posted.Position
            ? new SessionTurn(posted.Position, _state.Turns, _state.Head)
            : throw new ApplicationFailureException("The task takes no more messages.", "TaskEnded", nonRetryable: true);
    }

    [WorkflowQuery(AgentSessions.State)]
    public SessionState State() => new(_doing, _state.Turns, _state.Iterations, _state.Calls, _state.Head, _state.Cursor);

    [WorkflowQuery(AgentSessions.Usage)]
    public SessionUsage Usage() => new(_state.InputTokens, _state.OutputTokens, _state.Calls, _state.CostMicros / 1_000_000m);

    [WorkflowQuery(AgentSessions.Pending)]
    public SessionPending Pending() => new(_calls.IdsToMake, _calls.IdsInQuestion, Math.Max(0, _state.Newest - _state.Cursor));

    private void Expect(long position) => _state = _state with { Newest = Math.Max(_state.Newest, position) };

    private ReactFacts Facts() => new()
    {
        Cancel = _cancel,
        Interrupt = _state.Interrupt,
        Recall = _recall,
        Late = Deadlines.Passed(_state, Workflow.UtcNow),
        Unread = !_looked || _state.Newest > _state.Cursor,
        HistoryFull = _looked && (Workflow.ContinueAsNewSuggested || Workflow.CurrentHistoryLength >= _state.Limits.HistoryEvents) && Workflow.AllHandlersFinished,
        Open = _state.Open,
        CallsToMake = _calls.ToMake.Count,
        CallsInQuestion = _calls.InQuestion.Count,
        Failure = _failure,
        Iterations = _state.Iterations,
        Turns = _state.Turns,
        Tokens = _state.InputTokens + _state.OutputTokens,
        Limits = _state.Limits,
    };

    /// <summary>Makes a step; false when it ended the task.</summary>
    private async Task<bool> StepAsync(ReactStep step)
    {
        _doing = Doing(step);
        switch (step)
        {
            case ReactStep.Wait:
                await Deadlines.WaitAsync(() => _state.Newest > _state.Cursor || _state.Interrupt, _state);
                return true;
            case ReactStep.TakeMail:
                await TakeMailAsync();
                return true;
            case ReactStep.CallModel:
                await Deadlines.KeepAsync(CallModelAsync, _state);
                return true;
            case ReactStep.Recall:
                await RecallAsync();
                return true;
            case ReactStep.CallTools:
                await Deadlines.KeepAsync(token => Workflow.WhenAllAsync(_calls.ToMake.ToArray().Select(index => CallToolAsync(index, token))), _state);
                return true;
            case ReactStep.SkipTools skip:
                await SkipToolsAsync(skip.Reason, ReactOptions.Store);
                return true;
            case ReactStep.EndTurn end:
                await Workflow.ExecuteActivityAsync((ReactActivities run) => run.NoticeAsync(new NoticeRequest(_state.Head, end.Notice)), ReactOptions.Store);
                _state = _state with { Head = _state.Head + 1 };
                EndTurn();
                return true;
            case ReactStep.Pause:
                await SettleAsync(AgentTaskStatus.Interrupted, "Task interrupted", null);
                _state = _state with { Interrupt = false, Open = false, Iterations = 0 };
                return true;
            case ReactStep.ContinueAsNew:
                _state = _state with { Asking = _calls.InQuestion.Count > 0 ? _calls.AnswerAt : null };
                throw Workflow.CreateContinueAsNewException((ReactAgent agent) => agent.RunAsync(_state));
            case ReactStep.Complete complete:
                return await SettleAsync(AgentTaskStatus.Completed, complete.Reason, _state.Cursor);
            case ReactStep.Fail fail:
                await SettleAsync(AgentTaskStatus.Failed, fail.Reason, null);
                throw new ApplicationFailureException(fail.Reason, "AgentFailed", nonRetryable: true);
            case ReactStep.TimeOut late:
                await SettleAsync(AgentTaskStatus.TimedOut, late.Reason, null);
                throw new ApplicationFailureException(late.Reason, "AgentTimedOut", nonRetryable: true);
            case ReactStep.Cancel:
                await CancelAsync();
                return false;
            default:
                throw new UnreachableException(step.ToString());
        }
    }

    private async Task TakeMailAsync()
    {
        var request = new MailRequest(_state.Cursor, _state.Head, !_looked);
        MailFacts facts;
        try
        {
            facts = await Workflow.ExecuteActivityAsync((ReactActivities run) => run.MailAsync(request), ReactOptions.Store);
        }
        catch (ActivityFailureException e) when (!TemporalException.IsCanceledException(e))
        {
            // Only a definition that cannot be used ends here; the mail stays unread for a later run.
            (_failure, _looked) = (Reason(e), true);
            _state = _state with { Newest = _state.Cursor };
            return;
        }

        _looked = true;
        _cancel |= facts.Cancel;
        _state = MailTaken.Apply(_state, facts, Workflow.UtcNow);
        if (facts.Decided > 0 || facts.Open)
        {
            // Which of them were decided is in the ledger; a call that was not asks again.
            _calls.AskAgain();
        }
    }

    private async Task CallModelAsync(CancellationToken token)
    {
        ModelFacts facts;
        var number = _state.Calls;
        try
        {
            facts = await Workflow.ExecuteActivityAsync(
                (ReactActivities run) => run.ModelAsync(new ModelRequest(number, _state.Head, _state.Definition)), ReactOptions.Model(_state.Limits, token));
        }
        catch (ActivityFailureException e)
        {
            // The partial text stays under this number.
            _state = _state with { Calls = number + 1 };
            if (TemporalException.IsCanceledException(e))
            {
                throw;
            }

            _failure = Reason(e);
            return;
        }

        _calls.Begin(number, _state.Head, facts.Tools ?? []);
        _state = _state with
        {
            Calls = number + 1,
            Iterations = _state.Iterations + 1,
            // The answers to all calls have their places behind the message that made them, in its order, whichever comes first.
            Head = _state.Head + 1 + _calls.ToMake.Count,
            InputTokens = _state.InputTokens + facts.InputTokens,
            OutputTokens = _state.OutputTokens + facts.OutputTokens,
            CostMicros = _state.CostMicros + facts.CostMicros,
        };
        if (_calls.ToMake.Count == 0)
        {
            EndTurn();
        }
    }

    /// <summary>Takes up the calls of an earlier history: the model's answer is stored, and calls that were answered answer from the ledger.</summary>
    private async Task RecallAsync()
    {
        var request = new ModelRequest(_state.Calls - 1, _state.Asking!.Value, _state.Definition);
        var facts = await Workflow.ExecuteActivityAsync((ReactActivities run) => run.ModelAsync(request), ReactOptions.Model(_state.Limits, Workflow.CancellationToken));
        _calls.Begin(request.Number, request.Head, facts.Tools ?? []);
        _calls.Doubt();
        _recall = false;
        _state = _state with { Asking = null };
    }

    private async Task CallToolAsync(int index, CancellationToken token)
    {
        var request = new ToolRequest(_calls.Number, index, _calls.AnswerAt, _state.Definition);
        try
        {
            var facts = await Workflow.ExecuteActivityAsync((ReactActivities run) => run.ToolAsync(request), ReactOptions.Tool(_calls.Times[index], _state.Limits, token));
            _calls.Answered(index, facts.Ask);
        }
        catch (ActivityFailureException e) when (!TemporalException.IsCanceledException(e))
        {
            _failure = Reason(e);
            _calls.Answered(index, inQuestion: false);
        }
    }

    private async Task SkipToolsAsync(string reason, ActivityOptions options)
    {
        await Workflow.ExecuteActivityAsync((ReactActivities run) => run.SkipAsync(new SkipRequest(_calls.Number, _calls.AnswerAt, reason)), options);
        _calls.Clear();
    }

    private void EndTurn() => _state = _state with { Open = false, Iterations = 0, Turns = _state.Turns + 1 };

    /// <summary>Gives the task its status; true when newer mail keeps the run going.</summary>
    private async Task<bool> SettleAsync(AgentTaskStatus status, string reason, long? handled)
    {
        var request = new SettleRequest(EnumNames.Of(status), reason, handled);
        var facts = await Workflow.ExecuteActivityAsync((ReactActivities run) => run.SettleAsync(request), ReactOptions.Store);
        Expect(facts.Newest);
        return facts.Newest > 0;
    }

    private async Task CancelAsync()
    {
        _doing = "canceling";
        if (_calls.ToMake.Count + _calls.InQuestion.Count > 0)
        {
            await SkipToolsAsync("the task was canceled", ReactOptions.StoreAlways);
        }

        var request = new SettleRequest(EnumNames.Of(AgentTaskStatus.Canceled), "Task canceled by user", null);
        await Workflow.ExecuteActivityAsync((ReactActivities run) => run.SettleAsync(request), ReactOptions.StoreAlways);
    }

    /// <summary>Those who wait for an answer get one before the run is over.</summary>
    private Task EndAsync()
    {
        _ended = true;
        return Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished, CancellationToken.None);
    }

    private string Doing(ReactStep step) => step switch
    {
        ReactStep.Wait when _calls.InQuestion.Count > 0 => "waiting for a decision",
        ReactStep.Wait => "waiting for input",
        ReactStep.TakeMail => "reading",
        ReactStep.CallModel or ReactStep.Recall => "thinking",
        ReactStep.CallTools or ReactStep.SkipTools => "using tools",
        ReactStep.Cancel => "canceling",
        _ => "ending",
    };

    private static string Reason(ActivityFailureException failure) => failure.InnerException?.Message ?? failure.Message;
}
