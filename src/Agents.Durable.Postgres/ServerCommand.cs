using System.Diagnostics;

namespace Agents.Durable.Postgres;

/// <summary>What a finished program said, both streams together.</summary>
internal readonly record struct CommandResult(int ExitCode, string Output);

/// <summary>Starts the programs of PostgreSQL free of what this process's environment says about other servers.</summary>
internal static class ServerCommand
{
    public static Process Start(string program, IEnumerable<string> arguments, bool capture)
    {
        var start = new ProcessStartInfo(program)
        {
            // Never the caller's folder: the server's user may not enter it, and it would be kept from being unmounted.
            WorkingDirectory = "/",
            RedirectStandardOutput = capture,
            RedirectStandardError = capture,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        // The texts that a start is judged by are English.
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start) ?? throw new EmbeddedPostgresException($"{program} did not start.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new EmbeddedPostgresException($"{program} cannot be run: {e.Message}.", e);
        }
    }

    public static CommandResult Run(string program, IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments, capture: true);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new CommandResult(process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
