namespace Agents.Durable.Postgres;

/// <summary>The embedded server's settings, handed over on its command line so that they always are those of the program that starts it.</summary>
internal static class ServerSettings
{
    public static IEnumerable<string> Arguments(EmbeddedPostgresOptions options, ClusterFolder folder, int majorVersion)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addresses"] = "",
            ["unix_socket_directories"] = folder.SocketFolder,
            ["unix_socket_permissions"] = "0700",
            ["fsync"] = options.Durable ? "on" : "off",
            ["synchronous_commit"] = options.Durable ? "on" : "off",
            ["full_page_writes"] = options.Durable ? "on" : "off",
            // Several processes with two pools each, and those of a predecessor that was killed a moment ago.
            ["max_connections"] = "400",
            ["shared_buffers"] = "256MB",
            // Bounds the redo after a crash: 1.4 GB measured 16 s.
            ["max_wal_size"] = "1GB",
            ["min_wal_size"] = "256MB",
            ["wal_buffers"] = "16MB",
            ["wal_compression"] = majorVersion >= 15 ? "lz4" : "on",
            ["checkpoint_timeout"] = "15min",
            // Execution rows are rewritten with every step.
            ["autovacuum_naptime"] = "10s",
            ["autovacuum_vacuum_cost_delay"] = "1ms",
            ["random_page_cost"] = "1.1",
            ["jit"] = "off",
            ["log_min_messages"] = "warning",
            ["log_checkpoints"] = "off",
        };
        if (majorVersion >= 14)
        {
            settings["default_toast_compression"] = "lz4";
            // A host that died in the middle of a statement does not keep its session, and its locks with it.
            settings["client_connection_check_interval"] = "1s";
        }

        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        return settings.SelectMany(s => new[] { "-c", $"{s.Key}={s.Value}" });
    }
}
