using System.Collections.Concurrent;
using Agents.Durable.Contracts;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Sessions;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Stands for the engine: notes what is asked of it.</summary>
public sealed class RecordedSessions : ITaskSessions
{
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly ConcurrentDictionary<string, bool> _down = new(StringComparer.Ordinal);

    public IReadOnlyList<string> CallsFor(string taskId) => [.. _calls.Where(call => call.Contains(taskId, StringComparison.Ordinal))];

    /// <summary>Makes the engine unreachable for this agent's tasks, or reachable again.</summary>
    public void SetDown(string agentName, bool down) => _down[agentName] = down;

    public Task WakeAsync(AgentRow agent, string taskId, long position, CancellationToken cancellationToken) =>
        _down.GetValueOrDefault(agent?.Name ?? "") ? throw new InvalidOperationException("The engine is away.") : NoteAsync($"wake {taskId} {position}");

    public Task CancelAsync(string taskId, CancellationToken cancellationToken) => NoteAsync($"cancel {taskId}");

    public Task TerminateAsync(string taskId, string reason, CancellationToken cancellationToken) => NoteAsync($"terminate {taskId}");

    public Task<SessionAnswer> QueryAsync(AgentRow agent, string taskId, string query, CancellationToken cancellationToken) =>
        Task.FromResult<SessionAnswer>(new SessionAnswer.NoWorkflow());

    /// <summary>Tasks whose workflows ended, and how.</summary>
    public ConcurrentDictionary<string, AgentTaskStatus> Outcomes { get; } = new(StringComparer.Ordinal);

    public IAsyncEnumerable<string> ClosedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) => Outcomes.Keys.ToAsyncEnumerable();

    public Task<AgentTaskStatus?> OutcomeAsync(string taskId, CancellationToken cancellationToken) =>
        Task.FromResult<AgentTaskStatus?>(Outcomes.TryGetValue(taskId, out var outcome) ? outcome : null);

    private Task NoteAsync(string call)
    {
        _calls.Enqueue(call);
        return Task.CompletedTask;
    }
}
