using System.Net.Sockets;

namespace Temporalio.Server.Tests.Store;

/// <summary>Stands between a client and PostgreSQL's unix socket, and cuts the line when told to.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _target;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _sockets = [];
    private readonly Task _accepting;
    private volatile bool _swallow;

    public CuttingProxy(string targetFolder)
    {
        _target = Path.Combine(targetFolder, ".s.PGSQL.5432");
        _folder = Directory.CreateTempSubdirectory("cut-").FullName;
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, ".s.PGSQL.5432")));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Folder => _folder;

    /// <summary>From now on the next answer of the server is lost, and its connection with it; then the line works again.</summary>
    public void LoseTheNextAnswer() => _swallow = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        lock (_sockets)
        {
            _sockets.ForEach(s => s.Dispose());
        }

        await _accepting;
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                lock (_sockets)
                {
                    _sockets.AddRange([client, server]);
                }

                await server.ConnectAsync(new UnixDomainSocketEndPoint(_target), _stop.Token);
                _ = PumpAsync(client, server, answers: false);
                _ = PumpAsync(server, client, answers: true);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool answers)
    {
        var buffer = new byte[65536];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                if (answers && _swallow)
                {
                    _swallow = false;
                    break;
                }

                await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Either side has left: so does the other.
        }

        from.Dispose();
        to.Dispose();
    }
}
