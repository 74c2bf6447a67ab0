namespace Temporalio.Server.Execution.State;

/// <summary>A state machine as a table: (state, trigger) → state. What is absent is impossible and throws.</summary>
internal sealed class TransitionTable<TState, TTrigger>(string machine, params IReadOnlyList<(TState From, TTrigger On, TState To)> rows)
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    private readonly Dictionary<(TState, TTrigger), TState> _rows = rows.ToDictionary(r => (r.From, r.On), r => r.To);

    public IReadOnlyList<(TState From, TTrigger On, TState To)> Rows { get; } = rows;

    public bool Allows(TState from, TTrigger on) => _rows.ContainsKey((from, on));

    public TState Fire(TState from, TTrigger on) =>
        _rows.TryGetValue((from, on), out var to) ? to : throw new InvalidTransitionException($"{machine}: {on} is impossible in {from}.");
}

/// <summary>A state machine was asked for what its table does not hold: a bug.</summary>
internal sealed class InvalidTransitionException(string message) : InvalidOperationException(message);
