using System.Collections.Concurrent;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution;

/// <summary>The actors in memory. One that is not is made when somebody has a message for it.</summary>
internal sealed class ActorDirectory(Engine engine)
{
    private readonly ConcurrentDictionary<WorkflowKey, WorkflowActor> _actors = new();

    public int Count => _actors.Count;

    public void Post(WorkflowKey workflow, ActorMessage message)
    {
        while (true)
        {
            var actor = _actors.GetOrAdd(workflow, static (key, owner) => new WorkflowActor(owner, key), engine);
            if (actor.Post(message))
            {
                return;
            }

            _actors.TryRemove(KeyValuePair.Create(workflow, actor));
        }
    }

    /// <summary>Runs a step and answers once what it saw and changed is durable.</summary>
    public Task<T> CallAsync<T>(WorkflowKey workflow, string runId, Func<ActorStep, T> function)
    {
        var call = new ActorCall<T>(function) { RunId = runId };
        Post(workflow, call);
        return call.Reply;
    }

    /// <summary>Lets actors leave memory that wait for nothing before <paramref name="horizon"/>.</summary>
    public void Sweep(DateTimeOffset horizon)
    {
        foreach (var (workflow, actor) in _actors)
        {
            if (actor.TryRetire(horizon))
            {
                _actors.TryRemove(KeyValuePair.Create(workflow, actor));
            }
        }
    }

    public IEnumerable<WorkflowActor> All() => _actors.Values;
}
