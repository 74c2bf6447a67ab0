using System.Net.WebSockets;
using System.Text;

namespace Agents.Durable.Benchmarks.Tasks;

/// <summary>
/// A viewer of tasks over SignalR's JSON protocol on a WebSocket, as small as it can be: what is measured is the host, and it shares the machine with a thousand of these.
/// </summary>
internal sealed class HubSubscriber : IAsyncDisposable
{
    private const byte Separator = 0x1e;
    private readonly ClientWebSocket _socket = new();
    private readonly Action<ReadOnlyMemory<byte>> _onItem;
    private byte[] _buffer = new byte[4096];
    private Task _reading = Task.CompletedTask;
    private int _calls;

    private HubSubscriber(Action<ReadOnlyMemory<byte>> onItem) => _onItem = onItem;

    /// <param name="onItem">Gets each message of the hub that carries frames, as JSON.</param>
    public static async Task<HubSubscriber> ConnectAsync(Uri address, Action<ReadOnlyMemory<byte>> onItem)
    {
        var subscriber = new HubSubscriber(onItem);
        subscriber._socket.Options.Proxy = null;
        await subscriber._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/hubs/tasks" }.Uri, CancellationToken.None);
        await subscriber.SendAsync("""{"protocol":"json","version":1}""");
        subscriber._reading = subscriber.ReadAsync();
        return subscriber;
    }

    /// <summary>Watches a task from the start, beside those watched already.</summary>
    public Task SubscribeAsync(string task) => SendAsync($$"""{"type":4,"invocationId":"{{++_calls}}","target":"Subscribe","arguments":["{{task}}",0]}""");

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private async Task SendAsync(string message) =>
        await _socket.SendAsync((byte[])[.. Encoding.UTF8.GetBytes(message), Separator], WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private async Task ReadAsync()
    {
        var length = 0;
        try
        {
            while (true)
            {
                if (length == _buffer.Length)
                {
                    Array.Resize(ref _buffer, length * 2);
                }

                var read = await _socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
                if (read.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                length = Take(length + read.Count);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection ended, by us or by the host's death.
        }
    }

    // What is left of the buffer.
    private int Take(int length)
    {
        var begin = 0;
        for (int end; (end = Array.IndexOf(_buffer, Separator, begin, length - begin)) >= 0; begin = end + 1)
        {
            var message = _buffer.AsMemory(begin, end - begin);
            if (message.Span.StartsWith("{\"type\":2,"u8))
            {
                _onItem(message);
            }
        }

        _buffer.AsSpan(begin, length - begin).CopyTo(_buffer);
        return length - begin;
    }
}
