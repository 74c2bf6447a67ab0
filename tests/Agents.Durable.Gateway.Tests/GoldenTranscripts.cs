using System.Diagnostics;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Recordings of Agentex, played against our gateway: equal in every answer, but for the committed deviations.</summary>
public sealed class GoldenTranscripts(GatewayServer server)
{
    private const int Jobs = 4;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("http", "agents-")]
    [InlineData("http", "tasks-")]
    [InlineData("http", "messages-")]
    [InlineData("http", "data-")]
    [InlineData("http", "deploy-")]
    [InlineData("http", "flows-")]
    [InlineData("http", "service-")]
    [InlineData("http", "schedules-")]
    [InlineData("http", "keys-")]
    [InlineData("http", "rpc-")]
    [InlineData("http", "stream-")]
    [InlineData("sdk", "agent-")]
    [InlineData("sdk", "async-")]
    [InlineData("sdk", "client-")]
    [InlineData("sdk", "sync-")]
    public async Task Play_Group_AnswersAsRecorded(string folder, string group)
    {
        var golden = Path.Combine(AppContext.BaseDirectory, "golden");
        var files = Directory.GetFiles(Path.Combine(golden, folder), $"{group}*.json").Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(files);
        var output = await PlayAsync([
            Path.Combine(golden, "play.mjs"), "--address", server.Address.ToString().TrimEnd('/'),
            "--redis", $"127.0.0.1:{server.IntakePort}", "--deviations", Path.Combine(golden, "deviations.json"), "--jobs", $"{Jobs}", "--quiet", .. files]);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(output.TrimEnd().EndsWith($"\n{files.Count} passed, 0 failed", StringComparison.Ordinal), output);
    }

    private static async Task<string> PlayAsync(IEnumerable<string> arguments)
    {
        using var late = new CancellationTokenSource(s_limit);
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(late.Token);
            var output = await process.StandardOutput.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return output + await errors;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
