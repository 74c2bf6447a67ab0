using Npgsql;

namespace Temporalio.Server.Store.Postgres;

/// <summary>Which database holds the executions, and who writes to it.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>An Npgsql connection string, or a URL <c>postgres://user:password@host:port/database?option=value</c>.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The schema of the tables; made when it is absent. Lower-case letters, digits and underscores. Default: <c>temporal</c>.</summary>
    public string Schema { get; init; } = "temporal";

    /// <summary>What others see when they find the database in use. Default: the machine's name and the process id.</summary>
    public string Holder { get; init; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>How long to wait for another writer to leave. Default: 30 s.</summary>
    public TimeSpan WaitForWriter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>True supersedes a writer that still runs instead of waiting: every commit of its is refused from then on.</summary>
    public bool TakeOver { get; init; }

    internal NpgsqlConnectionStringBuilder Connection()
    {
        var builder = ConnectionString.StartsWith("postgres://", StringComparison.Ordinal) || ConnectionString.StartsWith("postgresql://", StringComparison.Ordinal)
            ? FromUrl(new Uri(ConnectionString))
            : new NpgsqlConnectionStringBuilder(ConnectionString);
        builder.SearchPath = Schema;
        builder.ApplicationName ??= "temporal-server";
        return builder;
    }

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        var user = url.UserInfo.Split(':', 2);
        if (url.Host.Length > 0)
        {
            builder.Host = url.Host;
        }

        if (url.Port > 0)
        {
            builder.Port = url.Port;
        }

        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        if (url.AbsolutePath.Length > 1)
        {
            builder.Database = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        }

        foreach (var option in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = option.Split('=', 2);
            var value = Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "");
            // libpq's names where Npgsql's differ; its sslmode=verify-full is VerifyFull here.
            var name = pair[0] switch { "user" => "Username", "dbname" => "Database", "sslmode" => "SSL Mode", var other => other };
            builder[name] = pair[0] == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }

        return builder;
    }
}
