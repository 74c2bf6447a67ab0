using System.Diagnostics;

namespace Agents.Durable.Agent.Tools.Shell;

/// <summary>Whether this machine can run a command where it does no harm.</summary>
/// <param name="Program">Of bubblewrap; null where there is no sandbox.</param>
/// <param name="Reason">Why there is none, for people.</param>
internal sealed record ShellSandbox(string? Program, string Reason)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Looks for bubblewrap on PATH, and tries it.</summary>
    public static async Task<ShellSandbox> FindAsync(TimeProvider time)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, "bwrap")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            return new ShellSandbox(null, "bubblewrap is not installed");
        }

        return await RefusalAsync(program, time) is { } refusal ? new ShellSandbox(null, $"bubblewrap makes no sandbox here: {refusal}") : new ShellSandbox(program, "");
    }

    /// <summary>Many containers have the program and forbid what it does: the reason then.</summary>
    private static async Task<string?> RefusalAsync(string program, TimeProvider time)
    {
        try
        {
            var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (var argument in (string[])["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"])
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            using var patience = new CancellationTokenSource(s_patience, time);
            try
            {
                await process.WaitForExitAsync(patience.Token);
                return process.ExitCode == 0 ? null : (await process.StandardError.ReadToEndAsync(patience.Token)).Trim();
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return "it does not come to an end";
            }
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return e.Message;
        }
    }
}
