using System.Text.Json;
using Agents.Durable.Agent.Runs;

namespace Agents.Durable.Agent.Code;

/// <summary>The state that the agent keeps of the task: what <c>/states</c> shows of the two. It outlives runs, and others may read and write it too.</summary>
public sealed class AgentMemory
{
    private readonly CodeRun _run;

    internal AgentMemory(CodeRun run) => _run = run;

    /// <summary>The state; the type's default when there is none.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public async Task<T?> GetAsync<T>()
    {
        var facts = await _run.Run.StoreAsync(run => run.GetStateAsync());
        return facts.State is { } state ? state.Deserialize<T>() : default;
    }

    /// <summary>Replaces the state.</summary>
    /// <param name="state">Becomes a JSON object.</param>
    public Task PutAsync<T>(T state)
    {
        var request = new PutStateRequest(JsonSerializer.SerializeToElement(state));
        return request.State.ValueKind == JsonValueKind.Object
            ? _run.Run.StoreAsync(run => run.PutStateAsync(request))
            : throw new ArgumentException("A state is an object.", nameof(state));
    }
}
