namespace Agents.Durable.Agent.Steps;

/// <summary>
/// Time to store what a step has brought, should it be told to stop only then: it is paid for, or has happened, and nothing but its storing is left to do.
/// </summary>
internal sealed class Reprieve : IDisposable
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(3);
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;

    /// <param name="time">The clock.</param>
    /// <param name="stopped">Tells the step to stop; the time begins then.</param>
    public Reprieve(TimeProvider time, CancellationToken stopped)
    {
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _registration = stopped.UnsafeRegister(static source => ((CancellationTokenSource)source!).CancelAfter(s_time), _source);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        // In this order: it waits for a callback that is under way.
        _registration.Dispose();
        _source.Dispose();
    }
}
