namespace Agents.Durable.Postgres;

/// <summary>Where the embedded PostgreSQL lives and how it runs.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>The folder that this cluster has for itself; made when it is absent. Relative paths are taken from the current folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The database that the connection string names; made when it is absent. Lower-case letters, digits and underscores.</summary>
    public string Database { get; init; } = "durable";

    /// <summary>How long a start may take, redo after a crash and waiting for a predecessor's end included. Default: 2 minutes.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>False gives up durability for speed, for tests that never kill the machine. Default: true.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Settings of postgresql.conf that replace the defaults of this library.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
