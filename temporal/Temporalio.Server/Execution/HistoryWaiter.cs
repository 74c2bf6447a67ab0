namespace Temporalio.Server.Execution;

/// <summary>A caller that waits until a run's history reaches an event or the run closes.</summary>
internal sealed class HistoryWaiter(long afterNextEventId, bool closeOnly)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => _reached.Task;

    public bool IsSatisfiedBy(long nextEventId, bool open) => !open || (!closeOnly && nextEventId > afterNextEventId);

    public void Complete() => _reached.TrySetResult();
}
