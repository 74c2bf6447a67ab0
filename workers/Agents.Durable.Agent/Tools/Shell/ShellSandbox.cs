using System.Diagnostics;

namespace Agents.Durable.Agent.Tools.Shell;

/// <summary>Whether this machine can run a command where it does no harm.</summary>
/// <param name="Program">Of bubblewrap; null where there is no sandbox.</param>
/// <param name="Reason">Why there is none, for people.</param>
internal sealed record ShellSandbox(string? Program, string Reason)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Looks for bubblewrap on PATH, and tries it.</summary>
    public static ShellSandbox Find()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, "bwrap")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            return new ShellSandbox(null, "bubblewrap is not installed");
        }

        return Refusal(program) is { } refusal ? new ShellSandbox(null, $"bubblewrap makes no sandbox here: {refusal}") : new ShellSandbox(program, "");
    }

    /// <summary>Many containers have the program and forbid what it does: the reason then.</summary>
    private static string? Refusal(string program)
    {
        try
        {
            var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (var argument in (string[])["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"])
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            if (!process.WaitForExit(s_patience))
            {
                process.Kill(entireProcessTree: true);
                return "it does not come to an end";
            }

            return process.ExitCode == 0 ? null : process.StandardError.ReadToEnd().Trim();
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return e.Message;
        }
    }
}
