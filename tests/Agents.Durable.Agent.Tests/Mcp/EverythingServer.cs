using System.Diagnostics;

[assembly: AssemblyFixture(typeof(Agents.Durable.Agent.Tests.Mcp.EverythingServer))]

namespace Agents.Durable.Agent.Tests.Mcp;

/// <summary>The reference MCP server from npm, installed beside the tests when it is not there yet.</summary>
public sealed class EverythingServer : IAsyncLifetime
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Mcp");

    /// <summary>What starts it, as a definition's <c>mcp</c> entry.</summary>
    public static string Entry { get; } = Entry_("everything", Path.Combine(s_folder, "node_modules/@modelcontextprotocol/server-everything/dist/index.js"), "stdio");

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

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Entry_(string name, params string[] args) =>
        System.Text.Json.JsonSerializer.Serialize(new { mcp = new { name, command = "node", args } });
}
