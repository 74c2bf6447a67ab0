namespace Temporalio.Workflows;

/// <summary>Lets a limited number of flows of one workflow through at once, in order of arrival. .NET's own is not deterministic.</summary>
public class Semaphore
{
    private readonly LinkedList<Waiter> _waiters = new();

    /// <param name="initialCount">How many may pass at once, at least one.</param>
    public Semaphore(int initialCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(initialCount, 1);
        Max = initialCount;
        CurrentCount = initialCount;
    }

    /// <summary>How many may pass at once.</summary>
    public int Max { get; init; }

    /// <summary>How many may pass now.</summary>
    public int CurrentCount { get; private set; }

    /// <summary>Waits for a turn.</summary>
    /// <param name="cancellationToken">Ends the wait. Default: the workflow's own token.</param>
    public Task WaitAsync(CancellationToken? cancellationToken = null) => WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits for a turn.</summary>
    /// <param name="millisecondsTimeout">Most time to wait, in milliseconds; 0 does not wait, -1 waits without end.</param>
    /// <param name="cancellationToken">Ends the wait. Default: the workflow's own token.</param>
    /// <returns>False if the time passed first.</returns>
    public Task<bool> WaitAsync(int millisecondsTimeout, CancellationToken? cancellationToken = null) =>
        WaitAsync(TimeSpan.FromMilliseconds(millisecondsTimeout), cancellationToken);

    /// <summary>Waits for a turn.</summary>
    /// <param name="timeout">Most time to wait; zero does not wait, <see cref="Timeout.InfiniteTimeSpan"/> waits without end.</param>
    /// <param name="cancellationToken">Ends the wait. Default: the workflow's own token.</param>
    /// <returns>False if the time passed first.</returns>
    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken? cancellationToken = null)
    {
        var token = cancellationToken ?? Workflow.CancellationToken;
        token.ThrowIfCancellationRequested();
        if (CurrentCount > 0)
        {
            CurrentCount--;
            return true;
        }

        if (timeout == TimeSpan.Zero)
        {
            return false;
        }

        var waiter = new Waiter();
        var node = _waiters.AddLast(waiter);
        try
        {
            await Workflow.WaitConditionAsync(() => waiter.Admitted, timeout, token);
        }
        catch when (waiter.Admitted)
        {
            // Admitted and cancelled in one activation: the turn was given, so it is taken.
        }
        finally
        {
            if (!waiter.Admitted)
            {
                _waiters.Remove(node);
            }
        }

        return waiter.Admitted;
    }

    /// <summary>Ends a turn; whoever has waited longest is next.</summary>
    /// <exception cref="InvalidOperationException">There is no turn to end.</exception>
    public void Release()
    {
        if (_waiters.First is { } next)
        {
            _waiters.RemoveFirst();
            next.Value.Admitted = true;
        }
        else if (CurrentCount == Max)
        {
            throw new InvalidOperationException("Invalid release, the maximum count is already reached");
        }
        else
        {
            CurrentCount++;
        }
    }

    private sealed class Waiter
    {
        public bool Admitted { get; set; }
    }
}
