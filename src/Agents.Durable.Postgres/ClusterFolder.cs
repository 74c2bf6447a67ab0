using System.Security.Cryptography;
using System.Text;

namespace Agents.Durable.Postgres;

/// <summary>The files of one embedded cluster.</summary>
internal sealed class ClusterFolder
{
    // sockaddr_un holds 108 bytes with the closing zero.
    private const int LongestSocketPath = 107;
    private const int Port = 5432;

    public ClusterFolder(string folder)
    {
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Data = Path.Combine(Root, "data");
        Unfinished = Path.Combine(Root, "data.new");
        Log = Path.Combine(Root, "postgres.log");
        StartLock = Path.Combine(Root, "start.lock");
        var inside = Path.Combine(Root, "socket");
        SocketFolder = Encoding.UTF8.GetByteCount(SocketFile(inside)) <= LongestSocketPath
            ? inside
            : Path.Combine("/tmp", "agents-durable-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)).AsSpan(0, 10)));
    }

    public string Root { get; }

    public string Data { get; }

    /// <summary>Where a cluster is made before it is renamed to <see cref="Data"/>: whatever lies here was interrupted.</summary>
    public string Unfinished { get; }

    public string Log { get; }

    public string StartLock { get; }

    public string SocketFolder { get; }

    /// <summary>The major version that wrote the cluster, or <see langword="null"/> if there is none yet.</summary>
    public int? Version
    {
        get
        {
            var file = Path.Combine(Data, "PG_VERSION");
            return File.Exists(file) && int.TryParse(File.ReadAllText(file), out var version) ? version : null;
        }
    }

    public void PrepareSocketFolder(ServerAccount account)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(SocketFolder, Private);
        account.Own(SocketFolder);
        try
        {
            // Fails when somebody else made a folder of this name in /tmp first: who owns it would see every connection.
            File.SetUnixFileMode(SocketFolder, Private);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EmbeddedPostgresException($"{SocketFolder} belongs to another user. Remove it, or choose a data folder with a shorter path.", e);
        }
    }

    private static string SocketFile(string folder) => Path.Combine(folder, $".s.PGSQL.{Port}");
}
