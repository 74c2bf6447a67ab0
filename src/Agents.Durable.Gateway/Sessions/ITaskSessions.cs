using Agents.Durable.Contracts;
using Agents.Durable.Data.Entities;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>
/// The workflows behind tasks of our own agents (react, code): workflow id = task id. The database holds the truth, calls here only move it along;
/// all of them may be repeated. They throw when the engine is out of reach, and what was to be moved stays due.
/// </summary>
public interface ITaskSessions
{
    /// <summary>Makes sure that the task's workflow runs and reads its mailbox up to this position.</summary>
    /// <param name="agent">Decides the workflow's type.</param>
    Task WakeAsync(AgentRow agent, string taskId, long position, CancellationToken cancellationToken);

    /// <summary>Asks a running workflow to cancel itself; none is no error.</summary>
    Task CancelAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>Asks the workflow of a task: our own's, or the one that a remote agent built on Agentex's SDK started under the same id.</summary>
    Task<SessionAnswer> QueryAsync(AgentRow agent, string taskId, string query, CancellationToken cancellationToken);

    /// <summary>Tasks of which a workflow run ended since a moment; the same task may come more than once.</summary>
    IAsyncEnumerable<string> ClosedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>The status that a task has by how its newest run ended; null while that runs, or where there is none.</summary>
    Task<AgentTaskStatus?> OutcomeAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>Ends a workflow without asking; none is no error.</summary>
    Task TerminateAsync(string taskId, string reason, CancellationToken cancellationToken);
}
