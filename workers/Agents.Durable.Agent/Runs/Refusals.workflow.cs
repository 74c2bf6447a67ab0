using Agents.Durable.Contracts;
using Temporalio.Exceptions;

namespace Agents.Durable.Agent.Runs;

/// <summary>What those who sent a message as an update are told when it has no answer.</summary>
internal static class Refusals
{
    /// <param name="position">The message's in the mailbox; 0 when it was not stored.</param>
    public static ApplicationFailureException GoesOn(long position) =>
        new("The task goes on in a new history: ask again with the same update id.", AgentSessions.GoesOn, details: [position]);

    public static ApplicationFailureException TakesNoMore() => new("The task takes no more messages.", AgentSessions.Ended, nonRetryable: true);

    public static ApplicationFailureException Unanswered() => new("The task ended before this message was answered.", AgentSessions.Ended, nonRetryable: true);
}
