using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Agents.Durable.Gateway.Rpc;

/// <summary>Reads a source while its reader works on what came before. What was read comes before the failure that ended the reading.</summary>
internal sealed class ReadAhead<T> : IAsyncDisposable
{
    // Bounded: a reader that is slower than its source holds the source back.
    private readonly Channel<T> _items = Channel.CreateBounded<T>(new BoundedChannelOptions(64) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _leaving = new();
    private readonly Task _reading;

    public ReadAhead(IAsyncEnumerable<T> source) => _reading = ReadAsync(source);

    /// <summary>True when there is an item, false at the end; throws what the source threw.</summary>
    public async ValueTask<bool> WaitAsync()
    {
        if (await _items.Reader.WaitToReadAsync(CancellationToken.None))
        {
            return true;
        }

        await _reading;
        return false;
    }

    public bool TryPeek([MaybeNullWhen(false)] out T item) => _items.Reader.TryPeek(out item);

    public bool TryTake([MaybeNullWhen(false)] out T item) => _items.Reader.TryRead(out item);

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _leaving.Dispose();
    }

    private async Task ReadAsync(IAsyncEnumerable<T> source)
    {
        try
        {
            await foreach (var item in source.WithCancellation(_leaving.Token))
            {
                await _items.Writer.WriteAsync(item, _leaving.Token);
            }
        }
        finally
        {
            _items.Writer.TryComplete();
        }
    }
}
