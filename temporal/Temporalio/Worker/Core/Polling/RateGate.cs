namespace Temporalio.Worker.Core.Polling;

/// <summary>Lets through so many a second, evenly spaced; without a rate, all at once.</summary>
internal sealed class RateGate(double? perSecond, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _spacing = perSecond is > 0 and var rate ? TimeSpan.FromSeconds(1 / rate) : TimeSpan.Zero;
    private readonly long _start = timeProvider.GetTimestamp();
    private TimeSpan _next;

    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_spacing == TimeSpan.Zero)
        {
            return;
        }

        TimeSpan wait;
        lock (_gate)
        {
            var now = timeProvider.GetElapsedTime(_start);
            var turn = _next > now ? _next : now;
            _next = turn + _spacing;
            wait = turn - now;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, timeProvider, cancellationToken);
        }
    }
}
