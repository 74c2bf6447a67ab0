using Agents.Durable.Agent.React;
using Agents.Durable.Agent.Runs;

namespace Agents.Durable.Agent.Tests.React;

/// <summary>The decision as a table: facts, and the step that follows.</summary>
public sealed class ReactPolicyTests
{
    private static readonly ReactFacts s_idle = new() { Limits = new RunLimits { MaxIterations = 3, MaxTurns = null, MaxTokens = null } };

    public static TheoryData<string, ReactFacts, ReactStep> Table { get; } = new()
    {
        { "nothing to do", s_idle, new ReactStep.Wait() },
        { "mail", s_idle with { Unread = true }, new ReactStep.TakeMail() },
        { "an open turn", s_idle with { Open = true }, new ReactStep.CallModel() },
        { "mail joins an open turn", s_idle with { Open = true, Unread = true }, new ReactStep.TakeMail() },
        { "calls", s_idle with { Open = true, CallsToMake = 2 }, new ReactStep.CallTools() },
        { "mail comes before calls, because it may hold a stop", s_idle with { Open = true, CallsToMake = 1, Unread = true }, new ReactStep.TakeMail() },
        { "calls come before a new history", s_idle with { CallsToMake = 1, HistoryFull = true }, new ReactStep.CallTools() },
        { "a stop skips calls", s_idle with { Open = true, CallsToMake = 1, Interrupt = true }, new ReactStep.SkipTools("a person stopped the agent") },
        { "a question waits", s_idle with { Open = true, CallsInQuestion = 1 }, new ReactStep.Wait() },
        { "a question is answered by mail", s_idle with { Open = true, CallsInQuestion = 1, Unread = true }, new ReactStep.TakeMail() },
        { "a question goes into a new history", s_idle with { CallsInQuestion = 1, HistoryFull = true }, new ReactStep.ContinueAsNew() },
        { "a new history with questions", s_idle with { Recall = true, Unread = true, Interrupt = true }, new ReactStep.Recall() },
        { "a stop skips questions", s_idle with { CallsInQuestion = 1, Interrupt = true }, new ReactStep.SkipTools("a person stopped the agent") },
        { "a late turn skips calls", s_idle with { Open = true, CallsToMake = 1, Late = Lateness.Turn }, new ReactStep.SkipTools("the turn's time was over") },
        { "a late task skips questions", s_idle with { CallsInQuestion = 1, Late = Lateness.Task }, new ReactStep.SkipTools("the task's time was over") },
        { "a late turn ends", s_idle with { Open = true, Late = Lateness.Turn, Limits = new RunLimits { TurnSeconds = 1.5 } }, new ReactStep.EndTurn("Stopped after 1.5 s, the time limit of one turn.") },
        { "a late turn that is over", s_idle with { Late = Lateness.Turn }, new ReactStep.Wait() },
        { "a late task", s_idle with { Open = true, Unread = true, Late = Lateness.Task, Limits = new RunLimits { TaskSeconds = 60 } }, new ReactStep.TimeOut("The task ran for 60 s, its limit.") },
        { "a failure comes before a new history", s_idle with { Open = true, Failure = "no", HistoryFull = true }, new ReactStep.Fail("no") },
        { "a decided call runs while another waits", s_idle with { CallsToMake = 1, CallsInQuestion = 1 }, new ReactStep.CallTools() },
        { "a full history", s_idle with { Open = true, HistoryFull = true }, new ReactStep.ContinueAsNew() },
        { "a full history comes before mail", s_idle with { Unread = true, HistoryFull = true }, new ReactStep.ContinueAsNew() },
        { "a long history is left while nothing is to be done", s_idle with { HistoryLong = true }, new ReactStep.ContinueAsNew() },
        { "a long history bears a turn", s_idle with { Open = true, HistoryLong = true }, new ReactStep.CallModel() },
        { "a long history bears a question", s_idle with { CallsInQuestion = 1, HistoryLong = true }, new ReactStep.Wait() },
        { "a stop", s_idle with { Open = true, Interrupt = true }, new ReactStep.Pause() },
        { "a stop comes before mail", s_idle with { Open = true, Interrupt = true, Unread = true }, new ReactStep.Pause() },
        { "the model failed", s_idle with { Open = true, Failure = "no" }, new ReactStep.Fail("no") },
        { "one model call too many", s_idle with { Open = true, Iterations = 3 }, new ReactStep.EndTurn("Stopped after 3 model calls, the limit of one turn.") },
        { "the last model call", s_idle with { Open = true, Iterations = 2 }, new ReactStep.CallModel() },
        { "tokens", s_idle with { Open = true, Tokens = 10, Limits = new RunLimits { MaxTokens = 10 } }, new ReactStep.Fail("The task used 10 tokens; its limit is 10.") },
        { "tokens left", s_idle with { Open = true, Tokens = 9, Limits = new RunLimits { MaxTokens = 10 } }, new ReactStep.CallModel() },
        { "all turns", s_idle with { Turns = 1, Limits = new RunLimits { MaxTurns = 1 } }, new ReactStep.Complete("Task completed") },
        { "all turns but mail", s_idle with { Turns = 1, Unread = true, Limits = new RunLimits { MaxTurns = 1 } }, new ReactStep.TakeMail() },
        { "turns left", s_idle with { Turns = 1, Limits = new RunLimits { MaxTurns = 2 } }, new ReactStep.Wait() },
        { "cancel comes before all", s_idle with { Cancel = true, Interrupt = true, CallsToMake = 1, Unread = true, HistoryFull = true }, new ReactStep.Cancel() },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Next_Facts_Step(string _, ReactFacts facts, ReactStep step) => Assert.Equal(step, ReactPolicy.Next(facts));

    [Fact]
    public void Next_AnyFacts_IsTotalAndRepeatable()
    {
        foreach (var bits in Enumerable.Range(0, 1 << 8))
        {
            bool Bit(int n) => (bits & (1 << n)) != 0;
            var facts = s_idle with
            {
                Cancel = Bit(0), Interrupt = Bit(1), Unread = Bit(2), HistoryFull = Bit(3), Open = Bit(4), CallsToMake = Bit(5) ? 1 : 0, CallsInQuestion = Bit(6) ? 1 : 0,
                Failure = Bit(7) ? "f" : null,
            };
            var step = ReactPolicy.Next(facts);
            Assert.Equal(step, ReactPolicy.Next(facts with { }));
            Assert.Equal(facts.Cancel, step is ReactStep.Cancel);
            Assert.False(step is (ReactStep.CallModel or ReactStep.EndTurn or ReactStep.Complete or ReactStep.Fail) && facts.Calls > 0);
            Assert.False(step is ReactStep.ContinueAsNew && facts.CallsToMake > 0);
        }
    }
}
