namespace Temporalio.Server;

/// <summary>Where the engine's work that no caller is waiting in runs: the committer's loop, timers, recovery. Under simulation one thread runs it all.</summary>
public interface IEngineScheduler
{
    /// <summary>Runs the item soon, once, not on the caller's stack.</summary>
    void Schedule(IThreadPoolWorkItem item);
}

/// <summary>The thread pool.</summary>
public sealed class ThreadPoolScheduler : IEngineScheduler
{
    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
}
