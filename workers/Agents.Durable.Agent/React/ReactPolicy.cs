using System.Globalization;
using Agents.Durable.Agent.Runs;

namespace Agents.Durable.Agent.React;

/// <summary>The decision of the loop: a pure function, so that it can be tested as a table and replays as it ran.</summary>
public static class ReactPolicy
{
    /// <summary>The next step. The order of the rules is the meaning: the first one that applies decides.</summary>
    public static ReactStep Next(ReactFacts facts) => facts switch
    {
        { Cancel: true } => new ReactStep.Cancel(),

        // A history that ended with questions open is taken up with the answer that made the calls.
        { Recall: true } => new ReactStep.Recall(),

        // Open calls come before everything but mail, which may hold a stop: no model accepts a conversation with unanswered calls.
        { Calls: > 0, Late: not Lateness.None } => new ReactStep.SkipTools(facts.Late == Lateness.Task ? "the task's time was over" : "the turn's time was over"),
        { Calls: > 0, Interrupt: true } => new ReactStep.SkipTools("a person stopped the agent"),
        { Calls: > 0, Unread: true } => new ReactStep.TakeMail(),
        { CallsToMake: > 0 } => new ReactStep.CallTools(),
        { Calls: > 0, HistoryFull: true } => new ReactStep.ContinueAsNew(),
        { Calls: > 0 } => new ReactStep.Wait(),

        // From here on nothing is in flight.
        { Failure: { } reason } => new ReactStep.Fail(reason),
        { Late: Lateness.Task } => new ReactStep.TimeOut(string.Create(CultureInfo.InvariantCulture, $"The task ran for {facts.Limits.TaskSeconds:0.###} s, its limit.")),
        { HistoryFull: true } => new ReactStep.ContinueAsNew(),
        { Interrupt: true } => new ReactStep.Pause(),

        // New mail joins the open turn: the model sees it with its next call.
        { Unread: true } => new ReactStep.TakeMail(),
        { Limits.MaxTokens: { } most, Tokens: var tokens } when tokens >= most =>
            new ReactStep.Fail(string.Create(CultureInfo.InvariantCulture, $"The task used {tokens} tokens; its limit is {most}.")),
        { Open: true, Late: Lateness.Turn } =>
            new ReactStep.EndTurn(string.Create(CultureInfo.InvariantCulture, $"Stopped after {facts.Limits.TurnSeconds:0.###} s, the time limit of one turn.")),
        { Open: true } when facts.Iterations >= facts.Limits.MaxIterations =>
            new ReactStep.EndTurn(string.Create(CultureInfo.InvariantCulture, $"Stopped after {facts.Iterations} model calls, the limit of one turn.")),
        { Open: true } => new ReactStep.CallModel(),
        { Limits.MaxTurns: { } most } when facts.Turns >= most => new ReactStep.Complete("Task completed"),

        // Nobody looks at an agent that waits, so this is the time for a new history.
        { HistoryLong: true } => new ReactStep.ContinueAsNew(),
        _ => new ReactStep.Wait(),
    };
}
