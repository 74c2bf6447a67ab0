using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Runs;
using Kind = Temporalio.Bridge.Api.WorkflowActivation.WorkflowActivationJob.VariantOneofCase;

namespace Temporalio.Tests.Core;

public sealed class RunTests
{
    private static readonly WorkflowCommand s_complete = new() { CompleteWorkflowExecution = new() };

    private readonly RunStreamHarness _runs = new();

    [Fact]
    public void Task_OfNewRun_InitializesWithTheSeedOfItsRunId()
    {
        var history = HistoryBuilder.Started().Task();

        _runs.Task(history.Events, 0, history.LastStarted);

        var activation = _runs.Activation();
        var job = Assert.Single(activation.Jobs);
        Assert.Equal(3173600465606032170UL, job.InitializeWorkflow.RandomnessSeed);
        Assert.False(activation.IsReplaying);
        Assert.Equal(3u, activation.HistoryLength);
        Assert.Equal(1_700_000_003, activation.Timestamp.Seconds);
    }

    [Fact]
    public void Timer_FiredInNextTask_CompletesTheWorkflow()
    {
        var history = HistoryBuilder.Started().Task();
        _runs.Task(history.Events, 0, history.LastStarted);
        _runs.Activation();
        _runs.Reply(StartTimer(1));
        var first = _runs.Completion();
        Assert.Equal("1", Assert.Single(first.Commands).StartTimerCommandAttributes.TimerId);
        Assert.Equal([1u, 2u, 3u], first.SdkMetadata.CoreUsedFlags);
        _runs.AssertNothing();

        var known = history.Events.Count;
        history.TaskCompleted().TimerStarted("1", out var started).TimerFired("1", started).Task();
        _runs.Task(history.Events.Skip(known), 3, history.LastStarted);
        var fired = _runs.Activation();
        Assert.Equal(1u, Assert.Single(fired.Jobs).FireTimer.Seq);
        Assert.False(fired.IsReplaying);
        _runs.Reply(s_complete);
        var second = _runs.Completion();
        Assert.NotNull(Assert.Single(second.Commands).CompleteWorkflowExecutionCommandAttributes);
        Assert.Empty(second.SdkMetadata.CoreUsedFlags);

        Assert.Equal(RemoveFromCache.Types.EvictionReason.WorkflowExecutionEnding, Assert.Single(_runs.Activation().Jobs).RemoveFromCache.Reason);
        _runs.Reply();
        Assert.Equal(0, _runs.CachedRuns);
    }

    [Fact]
    public void Task_WithFullHistoryOfUncachedRun_ReplaysStepByStep()
    {
        var history = HistoryBuilder.Started().FullTask().TimerStarted("1", out var started).TimerFired("1", started).Task();

        _runs.Task(history.Events, 3, history.LastStarted);

        var first = _runs.Activation();
        Assert.Equal(Kind.InitializeWorkflow, Assert.Single(first.Jobs).VariantCase);
        Assert.True(first.IsReplaying);
        _runs.Reply(StartTimer(1));
        var second = _runs.Activation();
        Assert.Equal(Kind.FireTimer, Assert.Single(second.Jobs).VariantCase);
        Assert.False(second.IsReplaying);
        _runs.Reply(s_complete);
        _runs.Completion();
    }

    [Fact]
    public void Replay_OfOtherCommands_FailsTheTaskAndEvicts()
    {
        var history = HistoryBuilder.Started().FullTask().TimerStarted("1", out var started).TimerFired("1", started).Task();
        _runs.Task(history.Events, 3, history.LastStarted);
        _runs.Activation();

        _runs.Reply(Activity(1));

        var report = _runs.Report();
        var failed = Assert.IsType<CompletionOutcome.Fail>(report.Ticket.Outcome);
        Assert.StartsWith("[TMPRL1100] Nondeterminism error: Activity machine does not handle this event", failed.Failure.Message, StringComparison.Ordinal);
        _runs.Post(new RunInput.Reported(HistoryBuilder.RunId, report.Ticket, TaskReport.Reported()));
        Assert.Equal(RemoveFromCache.Types.EvictionReason.Nondeterminism, Assert.Single(_runs.Activation().Jobs).RemoveFromCache.Reason);
        _runs.Reply();
        Assert.Equal(0, _runs.CachedRuns);
    }

    [Fact]
    public void Timer_CancelledInTheActivationThatStartsIt_IsNeverSent()
    {
        var history = HistoryBuilder.Started().Task();
        _runs.Task(history.Events, 0, history.LastStarted);
        _runs.Activation();

        _runs.Reply(StartTimer(1), new() { CancelTimer = new() { Seq = 1 } });

        Assert.Empty(_runs.Completion().Commands);
    }

    [Fact]
    public void Query_OnTheTokenOfCachedRun_IsAnsweredAlone()
    {
        var history = HistoryBuilder.Started().Task();
        _runs.Task(history.Events, 0, history.LastStarted);
        _runs.Activation();
        _runs.Reply(StartTimer(1));
        _runs.Completion();

        _runs.Task([], 3, 0, t => t with { LegacyQuery = new() { QueryId = WorkflowTask.LegacyQueryId, QueryType = "q" } });

        var activation = _runs.Activation();
        Assert.Equal("q", Assert.Single(activation.Jobs).QueryWorkflow.QueryType);
        Assert.True(activation.IsReplaying);
        _runs.Reply(new WorkflowCommand { RespondToQuery = new() { QueryId = WorkflowTask.LegacyQueryId, Succeeded = new() } });
        Assert.IsType<CompletionOutcome.AnswerQuery>(_runs.Report().Ticket.Outcome);
    }

    [Fact]
    public void Query_WithATask_ComesAfterTheTasksOwnJobs()
    {
        var history = HistoryBuilder.Started().Task();

        _runs.Task(history.Events, 0, history.LastStarted, t => t with { Queries = [new() { QueryId = "1", QueryType = "q" }] });

        Assert.Equal(Kind.InitializeWorkflow, Assert.Single(_runs.Activation().Jobs).VariantCase);
        _runs.Reply(StartTimer(1));
        Assert.Equal(Kind.QueryWorkflow, Assert.Single(_runs.Activation().Jobs).VariantCase);
        _runs.Reply(new WorkflowCommand { RespondToQuery = new() { QueryId = "1", Succeeded = new() } });
        var completion = _runs.Completion();
        Assert.Single(completion.Commands);
        Assert.Single(completion.QueryResults);
    }

    [Fact]
    public void Cache_Full_EvictsTheLeastRecentlyUsedRunForANewOne()
    {
        var runs = new RunStreamHarness(cache: 1);
        var history = HistoryBuilder.Started().Task();
        runs.Task(history.Events, 0, history.LastStarted, runId: "a");
        runs.Activation();
        runs.ReplyFor("a", StartTimer(1));
        runs.Completion();

        runs.Task(history.Events, 0, history.LastStarted, runId: "b");

        var eviction = runs.Activation();
        Assert.Equal("a", eviction.RunId);
        Assert.Equal(RemoveFromCache.Types.EvictionReason.CacheFull, Assert.Single(eviction.Jobs).RemoveFromCache.Reason);
        runs.ReplyFor("a");
        Assert.Equal("b", runs.Activation().RunId);
        Assert.Equal(1, runs.CachedRuns);
    }

    [Fact]
    public void LangFailure_OnFirstAttempt_IsReported()
    {
        var history = HistoryBuilder.Started().Task();
        _runs.Task(history.Events, 0, history.LastStarted);
        _runs.Activation();

        _runs.ReplyFailed(new() { Message = "oh" });

        Assert.IsType<CompletionOutcome.Fail>(_runs.Report().Ticket.Outcome);
    }

    [Fact]
    public void LangFailure_OnLaterAttempt_IsSilent()
    {
        var history = HistoryBuilder.Started().Task();
        _runs.Task(history.Events, 0, history.LastStarted, t => t with { Attempt = 2 });
        _runs.Activation();

        _runs.ReplyFailed(new() { Message = "oh" });

        Assert.Equal(RemoveFromCache.Types.EvictionReason.LangFail, Assert.Single(_runs.Activation().Jobs).RemoveFromCache.Reason);
    }

    private static WorkflowCommand StartTimer(uint seq) => new() { StartTimer = new() { Seq = seq } };

    private static WorkflowCommand Activity(uint seq) =>
        new() { ScheduleActivity = new() { Seq = seq, ActivityId = seq.ToString(), ActivityType = "act" } };
}
