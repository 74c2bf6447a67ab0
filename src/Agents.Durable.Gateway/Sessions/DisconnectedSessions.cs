using Agents.Durable.Contracts;
using Agents.Durable.Data.Entities;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>A gateway without an engine: it serves remote agents, and what is meant for agents of our own stays due until one is there.</summary>
internal sealed class DisconnectedSessions : ITaskSessions
{
    public Task WakeAsync(AgentRow agent, string taskId, long position, CancellationToken cancellationToken) => throw NoEngine();

    public Task CancelAsync(string taskId, CancellationToken cancellationToken) => throw NoEngine();

    public Task TerminateAsync(string taskId, string reason, CancellationToken cancellationToken) => throw NoEngine();

    public Task<SessionAnswer> QueryAsync(AgentRow agent, string taskId, string query, CancellationToken cancellationToken) =>
        Task.FromResult<SessionAnswer>(new SessionAnswer.NoWorkflow());

    public IAsyncEnumerable<string> ClosedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) => AsyncEnumerable.Empty<string>();

    public Task<AgentTaskStatus?> OutcomeAsync(string taskId, CancellationToken cancellationToken) => Task.FromResult<AgentTaskStatus?>(null);

    private static InvalidOperationException NoEngine() => new("No workflow engine is connected to this gateway.");
}
