namespace Agents.Durable.Postgres;

/// <summary>
/// The operating system's user that the server runs as: PostgreSQL refuses root, so root hands it to an unprivileged user.
/// </summary>
internal sealed class ServerAccount
{
    private const int DacOverrideBit = 1;
    private const int DacReadSearchBit = 2;

    private readonly string? _user;
    private readonly string? _group;

    private ServerAccount(string? user, string? group) => (_user, _group) = (user, group);

    public static ServerAccount Choose()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerAccount(null, null);
        }

        var accounts = File.ReadLines("/etc/passwd").Select(l => l.Split(':')).Where(f => f.Length >= 4 && f[2] != "0").ToList();
        var account = accounts.Find(f => f[0] == "postgres") ?? accounts.Find(f => f[0] == "nobody")
            ?? throw new EmbeddedPostgresException("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody. Add one (useradd --system postgres).");
        return new ServerAccount(account[2], account[3]);
    }

    /// <summary>Makes the account the owner of a folder and of all in it.</summary>
    public void Own(string path)
    {
        if (_user is null)
        {
            return;
        }

        var result = ServerCommand.Run("chown", ["-R", $"{_user}:{_group}", path]);
        if (result.ExitCode != 0)
        {
            throw new EmbeddedPostgresException($"The owner of {path} cannot be changed: {result.Output.Trim()}");
        }
    }

    /// <summary>The command line that runs <paramref name="program"/> as this account, on files below <paramref name="folder"/>.</summary>
    public IReadOnlyList<string> CommandLine(string folder, string program, params IEnumerable<string> arguments)
    {
        if (_user is null)
        {
            return [program, .. arguments];
        }

        // A folder below root's home is closed to the account. One capability lets the server pass through; it is given only then.
        IEnumerable<string> capabilities = MayEnter(folder) ? [] : PassingCapability() is { } c ? ["--inh-caps", "+" + c, "--ambient-caps", "+" + c] : [];
        return ["setpriv", "--reuid", _user, "--regid", _group!, "--clear-groups", .. capabilities, "--", program, .. arguments];
    }

    private static bool MayEnter(string folder)
    {
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if ((File.GetUnixFileMode(parent) & UnixFileMode.OtherExecute) == 0)
            {
                return false;
            }
        }

        return true;
    }

    // Containers are often denied the narrower capability and given the wider one.
    private static string? PassingCapability()
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("CapBnd:", StringComparison.Ordinal));
        var bounding = line is null ? 0 : Convert.ToUInt64(line["CapBnd:".Length..].Trim(), 16);
        return (bounding & (1UL << DacReadSearchBit)) != 0 ? "dac_read_search" : (bounding & (1UL << DacOverrideBit)) != 0 ? "dac_override" : null;
    }
}
