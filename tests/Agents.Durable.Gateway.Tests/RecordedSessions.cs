using System.Collections.Concurrent;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Sessions;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Stands for the engine: notes what is asked of it.</summary>
public sealed class RecordedSessions : ITaskSessions
{
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>Makes the engine unreachable.</summary>
    public bool Down { get; set; }

    public IReadOnlyList<string> CallsFor(string taskId) => [.. _calls.Where(call => call.Contains(taskId, StringComparison.Ordinal))];

    public Task WakeAsync(AgentRow agent, string taskId, long position, CancellationToken cancellationToken) => NoteAsync($"wake {taskId} {position}");

    public Task CancelAsync(string taskId, CancellationToken cancellationToken) => NoteAsync($"cancel {taskId}");

    public Task TerminateAsync(string taskId, string reason, CancellationToken cancellationToken) => NoteAsync($"terminate {taskId}");

    private Task NoteAsync(string call)
    {
        if (Down)
        {
            throw new InvalidOperationException("The engine is away.");
        }

        _calls.Enqueue(call);
        return Task.CompletedTask;
    }
}
