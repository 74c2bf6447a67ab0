using System.Globalization;

namespace Agents.Durable.Agent.React;

/// <summary>The decision of the loop: a pure function, so that it can be tested as a table and replays as it ran.</summary>
public static class ReactPolicy
{
    /// <summary>The next step. The order of the rules is the meaning: the first one that applies decides.</summary>
    public static ReactStep Next(ReactFacts facts) => facts switch
    {
        { Cancel: true } => new ReactStep.Cancel(),

        // Calls that are open come before everything else, because no model accepts a conversation with unanswered calls.
        { CallsToMake: > 0, Interrupt: true } => new ReactStep.SkipTools(),
        { CallsToMake: > 0 } => new ReactStep.CallTools(),
        { CallsInQuestion: > 0, Interrupt: true } => new ReactStep.SkipTools(),
        { CallsInQuestion: > 0, Unread: true } => new ReactStep.TakeMail(),
        { CallsInQuestion: > 0 } => new ReactStep.Wait(),

        // From here on nothing is in flight, so a history may end here.
        { HistoryFull: true } => new ReactStep.ContinueAsNew(),
        { Failure: { } reason } => new ReactStep.Fail(reason),
        { Interrupt: true } => new ReactStep.Pause(),

        // New mail joins the open turn: the model sees it with its next call.
        { Unread: true } => new ReactStep.TakeMail(),
        { Limits.MaxTokens: { } most, Tokens: var tokens } when tokens >= most =>
            new ReactStep.Fail(string.Create(CultureInfo.InvariantCulture, $"The task used {tokens} tokens; its limit is {most}.")),
        { Open: true } when facts.Iterations >= facts.Limits.MaxIterations =>
            new ReactStep.EndTurn(string.Create(CultureInfo.InvariantCulture, $"Stopped after {facts.Iterations} model calls, the limit of one turn.")),
        { Open: true } => new ReactStep.CallModel(),
        { Limits.MaxTurns: { } most } when facts.Turns >= most => new ReactStep.Complete("Task completed"),
        _ => new ReactStep.Wait(),
    };
}
