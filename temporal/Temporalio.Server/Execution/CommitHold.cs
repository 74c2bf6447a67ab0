namespace Temporalio.Server.Execution;

/// <summary>
/// Keeps an actor from the committer while a worker of this process has a task whose cause is not committed: the cause and the worker's
/// answer then make one commit. Never longer than the engine's limit.
/// </summary>
internal sealed class CommitHold(Engine engine)
{
    private long _since;

    public bool IsOn => _since != 0;

    public void Begin() => _since = engine.Time.GetTimestamp();

    public void End() => _since = 0;

    /// <summary>Whether the committer has to pass over the actor for now.</summary>
    public bool Blocks(long now) => _since != 0 && now - _since < engine.HoldTicks;
}
