using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

[assembly: AssemblyFixture(typeof(Agents.Durable.Agent.Tests.Mcp.EverythingServer))]

namespace Agents.Durable.Agent.Tests.Mcp;

/// <summary>The reference MCP server from npm, installed beside the tests when it is not there yet.</summary>
public sealed class EverythingServer : IAsyncLifetime
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Mcp");
    private static readonly string s_program = Path.Combine(s_folder, "node_modules/@modelcontextprotocol/server-everything/dist/index.js");

    /// <summary>What starts it, as a definition's <c>mcp</c> entry.</summary>
    public static string Entry { get; } = Entry_("everything", s_program, "stdio");

    /// <summary>The server that misbehaves.</summary>
    public static string Faulty(params string[] args) => Entry_("faulty", [Path.Combine(s_folder, "faulty-server.mjs"), .. args]);

    public async ValueTask InitializeAsync()
    {
        var stamp = Path.Combine(s_folder, "node_modules", ".installed");
        var wanted = await File.ReadAllTextAsync(Path.Combine(s_folder, "package-lock.json"));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
        {
            return;
        }

        using var npm = Process.Start(new ProcessStartInfo("npm", "ci --ignore-scripts --no-audit --no-fund --loglevel=error") { WorkingDirectory = s_folder, RedirectStandardOutput = true })!;
        await npm.WaitForExitAsync();
        Assert.Equal(0, npm.ExitCode);
        await File.WriteAllTextAsync(stamp, wanted);
    }

    /// <summary>Starts it over streamable HTTP, on a free port unless one is given.</summary>
    public static async Task<HttpServer> StartHttpAsync(int port = 0)
    {
        if (port == 0)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var start = new ProcessStartInfo("node") { ArgumentList = { s_program, "streamableHttp" }, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        var server = new HttpServer(Process.Start(start)!, port);
        await React.RunningAgent.UntilAsync("the MCP server's port", async () =>
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
        return server;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Entry_(string name, params string[] args) =>
        System.Text.Json.JsonSerializer.Serialize(new { mcp = new { name, command = "node", args } });
}

/// <summary>A process that serves MCP over HTTP until it is killed.</summary>
public sealed class HttpServer : IDisposable
{
    private readonly Process _process;

    internal HttpServer(Process process, int port)
    {
        (_process, Port) = (process, port);
        // Nobody reads what it says, and a full pipe would stop it.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/mcp";

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
