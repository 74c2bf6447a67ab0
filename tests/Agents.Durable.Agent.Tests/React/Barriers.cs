using System.Collections.Concurrent;

namespace Agents.Durable.Agent.Tests.React;

/// <summary>Places where an attempt stands still, each the first time that it is passed, until it is opened.</summary>
internal sealed class Barriers : IDisposable
{
    private readonly ConcurrentDictionary<string, Barrier> _places = new();

    public Barriers(RunningAgent agent, params string[] places)
    {
        foreach (var place in places)
        {
            _places[place] = new Barrier();
        }

        agent.Passing = place =>
        {
            if (_places.TryGetValue(place, out var barrier) && barrier.Reached.TrySetResult())
            {
                barrier.Opened.Wait(DatabaseFixture.Patience);
            }
        };
    }

    public Task ReachedAsync(string place) => _places[place].Reached.Task.WaitAsync(DatabaseFixture.Patience);

    public void Open(string place) => _places[place].Opened.Set();

    public void Dispose()
    {
        foreach (var barrier in _places.Values)
        {
            barrier.Opened.Set();
        }
    }

    private sealed class Barrier
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Opened { get; } = new();
    }
}
