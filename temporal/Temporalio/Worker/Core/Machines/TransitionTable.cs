using System.Runtime.CompilerServices;
using System.Text;

namespace Temporalio.Worker.Core.Machines;

/// <summary>A machine's transitions as data, for the tests that list and draw them.</summary>
internal abstract class TransitionTable(string machine)
{
    public string Machine { get; } = machine;

    public abstract IReadOnlyList<string> States { get; }

    public abstract IReadOnlyList<string> Triggers { get; }

    public abstract IEnumerable<(string From, string Trigger, string To)> Rows { get; }

    public string ToMermaid()
    {
        var text = new StringBuilder("stateDiagram-v2\n");
        foreach (var (from, trigger, to) in Rows)
        {
            text.Append("    ").Append(from).Append(" --> ").Append(to).Append(": ").Append(trigger).Append('\n');
        }

        return text.ToString();
    }
}

/// <summary>One row per legal (state, trigger); anything else throws <see cref="InvalidTransitionException"/>.</summary>
internal sealed class TransitionTable<TMachine, TState, TTrigger> : TransitionTable
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    private static readonly string[] s_states = Enum.GetNames<TState>();
    private static readonly string[] s_triggers = Enum.GetNames<TTrigger>();

    private readonly (TState From, TTrigger On, TState To, Action<TMachine>? Then)[] _rows;
    private readonly int[] _rowOf;

    public TransitionTable(string machine, params (TState From, TTrigger On, TState To, Action<TMachine>? Then)[] rows)
        : base(machine)
    {
        _rows = rows;
        _rowOf = new int[s_states.Length * s_triggers.Length];
        Array.Fill(_rowOf, -1);
        for (var i = 0; i < rows.Length; i++)
        {
            ref var slot = ref _rowOf[Slot(rows[i].From, rows[i].On)];
            slot = slot == -1 ? i : throw new ArgumentException($"{machine}: two rows for {rows[i].From}, {rows[i].On}", nameof(rows));
        }
    }

    public override IReadOnlyList<string> States => s_states;

    public override IReadOnlyList<string> Triggers => s_triggers;

    public override IEnumerable<(string From, string Trigger, string To)> Rows =>
        _rows.Select(r => (r.From.ToString(), r.On.ToString(), r.To.ToString()));

    public bool Allows(TState from, TTrigger trigger) => _rowOf[Slot(from, trigger)] >= 0;

    /// <summary>Moves <paramref name="state"/> and then acts, so that an action which triggers the machine again sees the new state.</summary>
    public void Fire(TMachine machine, ref TState state, TTrigger trigger)
    {
        var row = _rowOf[Slot(state, trigger)];
        if (row < 0)
        {
            throw new InvalidTransitionException(Machine, state.ToString(), trigger.ToString());
        }

        state = _rows[row].To;
        _rows[row].Then?.Invoke(machine);
    }

    private static int Slot(TState state, TTrigger trigger) =>
        (Unsafe.As<TState, int>(ref state) * s_triggers.Length) + Unsafe.As<TTrigger, int>(ref trigger);
}
