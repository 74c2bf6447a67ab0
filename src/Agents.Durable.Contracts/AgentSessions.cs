using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts;

/// <summary>What the workflow of a declarative agent answers, beside the signal <see cref="AgentWorkflows.Wake"/>.</summary>
public static class AgentSessions
{
    /// <summary>Query: what the run is at, a <see cref="SessionState"/>.</summary>
    public const string State = "state";

    /// <summary>Query: what the task has used so far, a <see cref="SessionUsage"/>.</summary>
    public const string Usage = "usage";

    /// <summary>Query: what the run waits for, a <see cref="SessionPending"/>.</summary>
    public const string Pending = "pending";

    /// <summary>Update: takes a text (<c>string</c>) as a message of the user's, and answers a <see cref="SessionTurn"/> when the turn that it was part of is over.</summary>
    /// <remarks>
    /// The update's id is the message's. An update that fails with <see cref="GoesOn"/> is asked again with the same id, and is the same message: the task goes on in
    /// a new history, and an update cannot follow it there. One that fails with <see cref="Ended"/> has no answer, and will have none.
    /// </remarks>
    public const string SendMessage = "SendMessage";

    /// <summary>Type of an update's failure: ask again with the same update id. Its detail is the position of the message in the mailbox, 0 when it was not stored yet.</summary>
    public const string GoesOn = "TaskGoesOn";

    /// <summary>Type of an update's failure: the task ended, or ends.</summary>
    public const string Ended = "TaskEnded";

    /// <summary>Signal: stop at the next boundary, and wait for mail.</summary>
    public const string Interrupt = "interrupt";
}

/// <param name="Doing">What the run is at: reading, thinking, using tools, waiting for input, …</param>
/// <param name="Turns">Turns that are over.</param>
/// <param name="Iterations">Model calls of the turn that is open.</param>
/// <param name="ModelCalls">Model calls of all turns.</param>
/// <param name="Messages">Length of the transcript.</param>
/// <param name="Mail">The last position of the mailbox that was read.</param>
public sealed record SessionState(string Doing, int Turns, int Iterations, int ModelCalls, int Messages, long Mail)
{
    /// <summary>A turn is open: something that was said has no answer yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Open { get; init; }
}

/// <summary>Tokens, calls and cost of all turns.</summary>
/// <param name="CostUsd">By the prices that the worker is configured with; models without a price count as free.</param>
public sealed record SessionUsage(long InputTokens, long OutputTokens, int ModelCalls, decimal CostUsd);

/// <param name="Calls">Tool calls that are out.</param>
/// <param name="InQuestion">Tool calls that a person has to decide on.</param>
/// <param name="Mail">Pieces of mail that were not read yet.</param>
public sealed record SessionPending(IReadOnlyList<string> Calls, IReadOnlyList<string> InQuestion, long Mail);

/// <param name="Mail">The position that the message got in the mailbox.</param>
/// <param name="Turns">Turns that are over now.</param>
/// <param name="Messages">Length of the transcript now.</param>
public sealed record SessionTurn(long Mail, int Turns, int Messages)
{
    /// <summary>A person stopped the agent before it had answered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Stopped { get; init; }
}
