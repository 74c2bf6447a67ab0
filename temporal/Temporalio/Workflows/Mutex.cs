namespace Temporalio.Workflows;

/// <summary>Lets one flow of a workflow through at a time, in order of arrival. .NET's own is not deterministic.</summary>
public class Mutex
{
    private readonly Semaphore _semaphore = new(1);

    /// <summary>Waits for the turn.</summary>
    /// <param name="cancellationToken">Ends the wait. Default: the workflow's own token.</param>
    public Task WaitOneAsync(CancellationToken? cancellationToken = null) => _semaphore.WaitAsync(cancellationToken);

    /// <inheritdoc cref="Semaphore.WaitAsync(int, CancellationToken?)"/>
    public Task<bool> WaitOneAsync(int millisecondsTimeout, CancellationToken? cancellationToken = null) =>
        _semaphore.WaitAsync(millisecondsTimeout, cancellationToken);

    /// <inheritdoc cref="Semaphore.WaitAsync(TimeSpan, CancellationToken?)"/>
    public Task<bool> WaitOneAsync(TimeSpan timeout, CancellationToken? cancellationToken = null) => _semaphore.WaitAsync(timeout, cancellationToken);

    /// <summary>Ends the turn.</summary>
    /// <exception cref="InvalidOperationException">Nobody has it.</exception>
    public void ReleaseMutex() => _semaphore.Release();
}
