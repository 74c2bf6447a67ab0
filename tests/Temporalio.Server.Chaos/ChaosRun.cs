using System.Net;
using System.Net.Sockets;
using Agents.Durable.Postgres;

namespace Temporalio.Server.Chaos;

/// <summary>
/// One server on PostgreSQL, killed at random moments while the official SDK's client and worker load it, and started again on the same
/// port. The load itself compares what was acknowledged with what was kept.
/// </summary>
internal sealed class ChaosRun(string serverProgram, string loadProgram, int kills, TimeProvider time)
{
    private static readonly TimeSpan s_progressLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_lateNews = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("chaos-").FullName;
    private readonly Queue<string> _serverLines = new();
    private readonly List<double> _recoveries = [];
    private long _acknowledged;
    private string _counts = "0 passed, 1 failed";

    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var database = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = Path.Combine(_folder, "postgres") }, time, cancellationToken);
        var port = FreePort();
        var server = StartServer(port, database.ConnectionString);
        using var load = new ChildProcess("node", [loadProgram, "--address", $"127.0.0.1:{port}"], OnLoadLine);
        try
        {
            await ProgressAsync(load, cancellationToken);
            for (var kill = 1; kill <= kills; kill++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 1500)), time, cancellationToken);
                var begun = time.GetTimestamp();
                server.Dispose();
                // What was acknowledged before the kill may be told a moment after it.
                await Task.Delay(s_lateNews, time, cancellationToken);
                server = StartServer(port, database.ConnectionString);
                await ProgressAsync(load, cancellationToken);
                _recoveries.Add(time.GetElapsedTime(begun).TotalSeconds);
                Console.WriteLine($"kill {kill}: acknowledging again after {_recoveries[^1]:0.00} s, {Interlocked.Read(ref _acknowledged)} acknowledged so far");
            }

            load.Tell("stop");
            var good = await load.ExitAsync(cancellationToken) == 0;
            _recoveries.Sort();
            Console.WriteLine($"ok   {kills} times killed and started again (seed {seed}), median {_recoveries[_recoveries.Count / 2]:0.00} s and at most {_recoveries[^1]:0.00} s to the next acknowledgement");
            if (!good)
            {
                ShowServer();
            }

            return good;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Console.WriteLine($"FAIL {e.Message} (seed {seed})");
            ShowServer();
            return false;
        }
        finally
        {
            server.Dispose();
            load.Kill();
            await database.StopAsync(CancellationToken.None);
            Directory.Delete(_folder, recursive: true);
            Console.WriteLine(_counts);
        }
    }

    private ChildProcess StartServer(int port, string connectionString) => new(
        "dotnet", ["exec", serverProgram, "server", "start-dev", "--port", $"{port}", "--headless", "--database-url", connectionString, "--log-level", "warn"], OnServerLine);

    private async Task ProgressAsync(ChildProcess load, CancellationToken cancellationToken)
    {
        var before = Interlocked.Read(ref _acknowledged);
        var begun = time.GetTimestamp();
        while (Interlocked.Read(ref _acknowledged) == before)
        {
            if (load.HasExited || time.GetElapsedTime(begun) > s_progressLimit)
            {
                throw new TimeoutException(load.HasExited ? "the load ended early" : $"nothing was acknowledged for {s_progressLimit.TotalSeconds} s");
            }

            await Task.Delay(s_pollInterval, time, cancellationToken);
        }
    }

    private void OnLoadLine(string line)
    {
        if (line.StartsWith("acks ", StringComparison.Ordinal))
        {
            Interlocked.Exchange(ref _acknowledged, long.Parse(line.AsSpan(5)));
        }
        else if (line.EndsWith(" failed", StringComparison.Ordinal) && line.Contains(" passed, ", StringComparison.Ordinal))
        {
            _counts = line;
        }
        else
        {
            Console.WriteLine(line);
        }
    }

    private void OnServerLine(string line)
    {
        lock (_serverLines)
        {
            _serverLines.Enqueue(line);
            if (_serverLines.Count > 60)
            {
                _serverLines.Dequeue();
            }
        }
    }

    private void ShowServer()
    {
        lock (_serverLines)
        {
            Console.WriteLine(string.Join(Environment.NewLine, _serverLines.Prepend("The server's last lines:")));
        }
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
