using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Agents.Durable.Data.Effects;

namespace Agents.Durable.Agent.Tools.Shell;

/// <summary>
/// Runs a command in a sandbox of bubblewrap: the task's folder is all that it can write, the system is read-only, and there is no network. There is no
/// other shell: where bubblewrap is missing, agents have none.
/// </summary>
internal sealed class ShellTool(string sandbox, TimeProvider time) : ITool
{
    private const int MostCharacters = 64 * 1024;
    private static readonly string[] s_readOnly = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/alternatives", "/etc/ssl", "/etc/passwd", "/etc/group"];

    public ToolSpec Spec { get; } = new()
    {
        Name = "shell",
        Description = "Runs a command with sh in the workspace folder, without network. Answers the exit code and the output.",
        Schema = JsonDocument.Parse(
            """{"type":"object","properties":{"command":{"type":"string","description":"The command line."}},"required":["command"],"additionalProperties":false}""").RootElement.Clone(),
        Effect = Effect.Unsafe,
    };

    public async Task<ToolResult> InvokeAsync(ToolCall call, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(sandbox) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in Arguments(call.Workspace.Root, call.Arguments.GetProperty("command").GetString()!))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new ToolException("The sandbox cannot be started.");
        process.StandardInput.Close();
        var output = new StringBuilder();
        var reading = Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, output));
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The sandbox takes everything in it along.
            process.Kill();
            throw;
        }

        // What the command left in the background died with it; only the pipes' ends may still be under way.
        await reading.WaitAsync(TimeSpan.FromSeconds(5), time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        string text;
        lock (output)
        {
            text = output.Length <= MostCharacters ? output.ToString() : output.ToString(0, MostCharacters) + "\n… cut off";
        }

        return new ToolResult(string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}\n{text}"), process.ExitCode != 0);
    }

    private static IEnumerable<string> Arguments(string workspace, string command)
    {
        Directory.CreateDirectory(workspace);
        yield return "--unshare-all";
        yield return "--die-with-parent";
        yield return "--new-session";
        yield return "--clearenv";
        foreach (var path in s_readOnly)
        {
            foreach (var argument in (string[])["--ro-bind-try", path, path])
            {
                yield return argument;
            }
        }

        string[] rest =
        [
            "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind", Path.GetFullPath(workspace), "/workspace", "--chdir", "/workspace",
            "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin", "--setenv", "HOME", "/workspace", "--setenv", "LANG", "C.UTF-8", "/bin/sh", "-c", command,
        ];
        foreach (var argument in rest)
        {
            yield return argument;
        }
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder output)
    {
        var buffer = new char[4_096];
        while (await reader.ReadAsync(buffer) is var read and > 0)
        {
            lock (output)
            {
                // Read on to the end, so that the command does not block; kept is what can be shown.
                output.Append(buffer, 0, Math.Min(read, Math.Max(0, MostCharacters + 1 - output.Length)));
            }
        }
    }
}
