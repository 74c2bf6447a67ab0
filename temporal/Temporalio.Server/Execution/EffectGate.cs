using Temporalio.Rpc;

namespace Temporalio.Server.Execution;

/// <summary>
/// What an actor's steps let out, sorted by what it waits for: the next commit, the one under way, or nothing. Assumes the actor's lock.
/// </summary>
internal sealed class EffectGate
{
    private List<Effect> _waiting = [];
    private List<Effect>? _inFlight;
    private List<Effect> _ready = [];

    /// <summary>True between the taking of a commit and its return.</summary>
    public bool IsCommitting => _inFlight is not null;

    public bool IsEmpty => _inFlight is null && _waiting.Count == 0 && _ready.Count == 0;

    /// <param name="effects">What a step let out.</param>
    /// <param name="atOnce">It tells nothing that a crash could make untrue.</param>
    /// <param name="unsettled">The actor has changes that no commit has taken: this step's, or earlier ones that it has seen.</param>
    public void Add(IReadOnlyCollection<Effect> effects, bool atOnce, bool unsettled) =>
        (atOnce ? _ready : unsettled ? _waiting : _inFlight ?? _ready).AddRange(effects);

    public void AddReady(IEnumerable<Effect> effects) => _ready.AddRange(effects);

    /// <summary>The committer has taken the actor's changes.</summary>
    public void BeginCommit()
    {
        _inFlight = _waiting;
        _waiting = [];
    }

    /// <summary>The commit returned.</summary>
    public List<Effect>? EndCommit()
    {
        var effects = _inFlight;
        _inFlight = null;
        return effects;
    }

    /// <summary>What may leave at once.</summary>
    public List<Effect>? TakeReady()
    {
        if (_ready.Count == 0)
        {
            return null;
        }

        var ready = _ready;
        _ready = [];
        return ready;
    }

    /// <summary>The cause of everything that waits was lost.</summary>
    public void Lose(List<Effect> lost)
    {
        lost.AddRange(_inFlight ?? []);
        lost.AddRange(_waiting);
        _inFlight = null;
        _waiting = [];
    }

    /// <summary>Outside the lock: who is told may turn to other actors.</summary>
    public void AbandonLater(IEnumerable<Effect> effects, RpcFault fault) => _ready.AddRange(effects.Select(e => new Afterwards(_ => e.Abandon(fault))));
}
