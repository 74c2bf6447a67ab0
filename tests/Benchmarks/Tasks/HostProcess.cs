using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Agents.Durable.Benchmarks.Tasks;

/// <summary>The host as people run it, in a process and a data folder of its own, or one that runs already.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const string UsualDll = "src/Agents.Durable.Host/bin/Release/net10.0/Agents.Durable.Host.dll";
    private readonly string? _data;
    private readonly int _temporalPort;
    private readonly string _dll;
    private Process? _process;

    private HostProcess(Uri address, int streamPort, string dll, string? data, int temporalPort) =>
        (Address, StreamPort, _dll, _data, _temporalPort) = (address, streamPort, dll, data, temporalPort);

    public Uri Address { get; }

    /// <summary>Where agents of Agentex's SDK write their streams.</summary>
    public int StreamPort { get; }

    public static async Task<HostProcess> StartAsync(string? address, int streamPort, string? dll)
    {
        if (address is not null)
        {
            return new HostProcess(new Uri(address), streamPort, "", null, 0);
        }

        var data = Directory.CreateTempSubdirectory("durable-bench-").FullName;
        var host = new HostProcess(new Uri($"http://127.0.0.1:{FreePort()}"), FreePort(), Path.GetFullPath(dll ?? UsualDll), data, FreePort());
        await host.StartAsync();
        return host;
    }

    /// <summary>Resident bytes of the host with all it started but PostgreSQL, and of PostgreSQL (shared memory counted once).</summary>
    public (long Host, long Postgres) Memory()
    {
        var host = _process is null ? [] : ProcessMemory.Descendants(_process.Id);
        var postmaster = _data is null ? 0 : Postmaster();
        var postgres = postmaster == 0 ? [] : ProcessMemory.Descendants(postmaster);
        return (host.Except(postgres).Sum(ProcessMemory.Proportional), postgres.Sum(ProcessMemory.Proportional));
    }

    /// <summary>Ends the host without a word, as a crash does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [_dll, "--port", Text(Address.Port), "--temporal-port", Text(_temporalPort), "--stream-port", Text(StreamPort), "--data", _data!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Auth__Mode"] = "Development";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        _process = Process.Start(start) ?? throw new InvalidOperationException("The host could not be started.");
        var ready = new TaskCompletionSource();
        var said = new List<string?>();
        void Hear(string? line)
        {
            lock (said)
            {
                said.Add(line);
            }

            if (line?.StartsWith("Ready:", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
        }

        _process.OutputDataReceived += (_, e) => Hear(e.Data);
        _process.ErrorDataReceived += (_, e) => Hear(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (await Task.WhenAny(ready.Task, _process.WaitForExitAsync()) != ready.Task)
        {
            throw new InvalidOperationException($"The host ended before it was ready: {string.Join(Environment.NewLine, said)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }

        if (!_process.HasExited)
        {
            await KillAsync();
        }

        if (Postmaster() is var postmaster and not 0)
        {
            using var server = Process.GetProcessById(postmaster);
            server.Kill();
            await server.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_data!, recursive: true);
    }

    private int Postmaster()
    {
        var file = Path.Combine(_data!, "postgres", "data", "postmaster.pid");
        return File.Exists(file) ? int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture) : 0;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
