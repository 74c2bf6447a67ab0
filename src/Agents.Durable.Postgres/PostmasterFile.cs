namespace Agents.Durable.Postgres;

/// <summary>What <c>postmaster.pid</c> says about the server that has the cluster, or had it when it was killed.</summary>
internal sealed record PostmasterFile(int ProcessId, string SocketFolder, string Status)
{
    public bool Ready => Status == "ready";

    public static PostmasterFile? Read(string data)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(PathIn(data));
        }
        catch (IOException)
        {
            return null;
        }

        // Written line by line while the server starts: what is not there yet is empty.
        return lines.Length > 0 && int.TryParse(lines[0], out var pid)
            ? new PostmasterFile(Math.Abs(pid), lines.ElementAtOrDefault(4)?.Trim() ?? "", lines.ElementAtOrDefault(7)?.Trim() ?? "")
            : null;
    }

    /// <summary>Whether the process lives and is a PostgreSQL server: after a reboot the number may be anyone's.</summary>
    public bool IsAlive => ReadState() is { Name: "postgres" or "postmaster", State: not ('Z' or 'X') };

    /// <summary>
    /// Removes the file when the number is taken by a process that is not the server: dead and not reaped by its parent, or a stranger.
    /// PostgreSQL would take it for a running server for ever. A number that is free it handles itself.
    /// </summary>
    public void RemoveIfStale(string data)
    {
        if (!IsAlive && ReadState() is not null)
        {
            File.Delete(PathIn(data));
        }
    }

    private static string PathIn(string data) => Path.Combine(data, "postmaster.pid");

    private (string Name, char State)? ReadState()
    {
        try
        {
            // "pid (name) state …"; the name may hold anything, so it ends at the last parenthesis.
            var stat = File.ReadAllText($"/proc/{ProcessId}/stat");
            int open = stat.IndexOf('('), close = stat.LastIndexOf(')');
            return (stat[(open + 1)..close], stat[close + 2]);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
