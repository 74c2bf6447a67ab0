namespace Agents.Durable.Postgres;

/// <summary>The programs of one PostgreSQL installation, all from one folder so that their versions agree.</summary>
internal sealed record PostgresInstallation(string BinFolder, int MajorVersion)
{
    private const int OldestMajorVersion = 13;

    public string InitDb => Path.Combine(BinFolder, "initdb");

    public string Postgres => Path.Combine(BinFolder, "postgres");

    public string PgCtl => Path.Combine(BinFolder, "pg_ctl");

    /// <summary>The installation that reads clusters of <paramref name="clusterVersion"/>, or the newest one when there is no cluster yet.</summary>
    public static PostgresInstallation Find(int? clusterVersion)
    {
        var found = Candidates().OrderByDescending(i => i.MajorVersion).ToList();
        var chosen = clusterVersion is { } wanted
            ? found.Find(i => i.MajorVersion == wanted)
            : found.Find(i => i.MajorVersion >= OldestMajorVersion);
        if (chosen is not null)
        {
            return chosen;
        }

        var versions = found.Count == 0 ? "none was found" : $"found: {string.Join(", ", found.Select(i => $"{i.MajorVersion} in {i.BinFolder}"))}";
        var what = clusterVersion is { } v
            ? $"This data folder was written by PostgreSQL {v}, which is not installed ({versions}). Install it (Debian, Ubuntu: apt-get install postgresql-{v})"
            : $"PostgreSQL {OldestMajorVersion} or newer is needed ({versions}). Install it (Debian, Ubuntu: apt-get install postgresql)";
        throw new EmbeddedPostgresException(what + ", or give a connection string to a server that runs already.");
    }

    private static IEnumerable<PostgresInstallation> Candidates()
    {
        const string Debian = "/usr/lib/postgresql";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(Directory.Exists(Debian) ? Directory.EnumerateDirectories(Debian).Select(d => Path.Combine(d, "bin")) : []);
        foreach (var folder in folders.Select(RealFolder).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (File.Exists(Path.Combine(folder, "pg_ctl")) && File.Exists(Path.Combine(folder, "initdb")) && Version(folder) is { } version)
            {
                yield return new PostgresInstallation(folder, version);
            }
        }
    }

    // PATH often holds links to single programs of an installation; their siblings are where the links point.
    private static string? RealFolder(string folder)
    {
        var program = new FileInfo(Path.Combine(folder, "postgres"));
        return program.Exists ? Path.GetDirectoryName(program.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program.FullName) : null;
    }

    private static int? Version(string folder)
    {
        if (folder.StartsWith("/usr/lib/postgresql/", StringComparison.Ordinal) && int.TryParse(folder.Split('/')[4], out var byName))
        {
            return byName;
        }

        var result = ServerCommand.Run(Path.Combine(folder, "postgres"), ["--version"]);
        var digits = new string([.. result.Output.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit)]);
        return result.ExitCode == 0 && int.TryParse(digits, out var byProgram) ? byProgram : null;
    }
}
