using System.Diagnostics;
using System.Text.RegularExpressions;
using Npgsql;

namespace Agents.Durable.Postgres;

/// <summary>
/// A private PostgreSQL in a data folder, reached by a unix socket only. It outlives the process that started it and is adopted by the
/// next one that starts on the same folder, so a host's death costs no redo.
/// </summary>
public sealed partial class EmbeddedPostgres
{
    private const string Superuser = "durable";

    // More sessions than that make nothing faster on one machine, and each costs a process: two hundred runs that are taken up after a crash would
    // spend their first seconds with starting them.
    private const int PoolSize = 32;

    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_watchInterval = TimeSpan.FromMilliseconds(50);

    private readonly EmbeddedPostgresOptions _options;
    private readonly ClusterFolder _folder;
    private readonly ServerAccount _account;
    private readonly PostgresInstallation _installation;
    private readonly TimeProvider _time;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, TimeProvider time)
    {
        _options = options;
        _folder = new ClusterFolder(options.Folder);
        _account = ServerAccount.Choose();
        _installation = PostgresInstallation.Find(_folder.Version);
        _time = time;
    }

    /// <summary>Reaches <see cref="EmbeddedPostgresOptions.Database"/> as its owner.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>The server's main process.</summary>
    public int ProcessId { get; private set; }

    /// <summary>True when the server ran already.</summary>
    public bool Adopted { get; private set; }

    /// <summary>Makes the cluster if there is none, starts the server if none runs on it, and returns once it answers.</summary>
    /// <exception cref="EmbeddedPostgresException">PostgreSQL is not installed, or did not come up in time; the message says what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        EmbeddedPostgresOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new EmbeddedPostgresException("The embedded PostgreSQL runs on Linux. Give a connection string to a server instead.");
        }

        if (!DatabaseName().IsMatch(options.Database))
        {
            throw new ArgumentException($"'{options.Database}' is not a database name: lower-case letters, digits and underscores.", nameof(options));
        }

        var server = new EmbeddedPostgres(options, time ?? TimeProvider.System);
        await server.StartAsync(cancellationToken).ConfigureAwait(false);
        return server;
    }

    /// <summary>Completes when the server's main process is gone, whoever ended it.</summary>
    public async Task WaitForEndAsync(CancellationToken cancellationToken = default)
    {
        // Not a child of ours when it was adopted, so there is nothing to wait on but its entry in /proc.
        var running = new PostmasterFile(ProcessId, "", "");
        while (running.IsAlive)
        {
            await Task.Delay(s_watchInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Starts the server again after its end, or adopts the one that another process on the folder has started meanwhile. The connection string stays.</summary>
    /// <exception cref="EmbeddedPostgresException">It did not come up in time, or its files are gone; it may be tried again.</exception>
    public Task RestartAsync(CancellationToken cancellationToken = default) => _folder.Version is null
        // An empty cluster in the place of one that holds data would look as if all was well.
        ? throw new EmbeddedPostgresException($"The database's files are not in {_folder.Data} any more.")
        : StartAsync(cancellationToken);

    /// <summary>Stops the server after it has ended its sessions. Not needed: left running, it is adopted by the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        var running = PostmasterFile.Read(_folder.Data);
        if (running is not { IsAlive: true })
        {
            return;
        }

        ForgetPooledSessions();
        var command = _account.CommandLine(_folder.Data, _installation.PgCtl, "stop", "-D", _folder.Data, "-m", "fast", "-W", "-s");
        var result = ServerCommand.Run(command[0], command.Skip(1));
        if (result.ExitCode != 0 && running.IsAlive)
        {
            throw new EmbeddedPostgresException($"PostgreSQL could not be stopped: {result.Output.Trim()}");
        }

        while (running.IsAlive)
        {
            await Task.Delay(s_pollInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        bool Late() => _time.GetElapsedTime(begun) > _options.StartTimeout;
        Directory.CreateDirectory(_folder.Root);
        await using var startLock = await TakeStartLockAsync(Late, cancellationToken).ConfigureAwait(false);
        if (_folder.Version is null)
        {
            MakeCluster();
        }

        Process? started = null;
        while (true)
        {
            var file = PostmasterFile.Read(_folder.Data);
            if (file is { IsAlive: true })
            {
                if (file.Ready && await TryOpenAsync(file, _options.Database, cancellationToken).ConfigureAwait(false))
                {
                    Adopted = started is null;
                    if (!Adopted)
                    {
                        ForgetPooledSessions();
                    }

                    started?.Dispose();
                    return;
                }
            }
            else if (started is null or { HasExited: true })
            {
                if (started is not null && !MayRetry())
                {
                    throw new EmbeddedPostgresException($"PostgreSQL did not start: {LogTail()}");
                }

                file?.RemoveIfStale(_folder.Data);
                started?.Dispose();
                started = StartServer();
            }

            if (Late())
            {
                throw new EmbeddedPostgresException($"PostgreSQL in {_folder.Root} did not answer within {_options.StartTimeout.TotalSeconds:0} s: {LogTail()}");
            }

            await Task.Delay(s_pollInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<FileStream> TakeStartLockAsync(Func<bool> late, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(_folder.StartLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (!late())
            {
                await Task.Delay(s_pollInterval, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void MakeCluster()
    {
        if (Directory.Exists(_folder.Unfinished))
        {
            Directory.Delete(_folder.Unfinished, recursive: true);
        }

        Directory.CreateDirectory(_folder.Unfinished);
        _account.Own(_folder.Unfinished);
        var command = _account.CommandLine(_folder.Unfinished, _installation.InitDb, "-D", _folder.Unfinished, "-U", Superuser, "-E", "UTF8",
            "--locale=C", "--auth-local=trust", "--auth-host=reject");
        var result = ServerCommand.Run(command[0], command.Skip(1));
        if (result.ExitCode != 0)
        {
            throw new EmbeddedPostgresException($"initdb failed in {_folder.Root}: {result.Output.Trim()}");
        }

        Directory.Move(_folder.Unfinished, _folder.Data);
    }

    // A session of its own: the terminal's Ctrl-C reaches the host, not the database.
    private Process StartServer()
    {
        _folder.PrepareSocketFolder(_account);
        File.WriteAllText(_folder.Log, "");
        var server = _account.CommandLine(
            _folder.Data, _installation.Postgres, ["-D", _folder.Data, .. ServerSettings.Arguments(_options, _folder, _installation.MajorVersion)]);
        return ServerCommand.Start("/bin/sh", ["-c", "exec setsid \"$@\" </dev/null >>\"$0\" 2>&1", _folder.Log, .. server], capture: false);
    }

    private async Task<bool> TryOpenAsync(PostmasterFile file, string database, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder { Host = file.SocketFolder, Username = Superuser, Database = "postgres", Pooling = false, SslMode = SslMode.Disable };
        try
        {
            await using var connection = new NpgsqlConnection(builder.ConnectionString);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await MakeDatabaseAsync(connection, database, cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (e is not PostgresException { IsTransient: false })
        {
            return false;
        }

        (builder.Database, builder.Pooling, builder.MaxPoolSize) = (database, true, PoolSize);
        (ConnectionString, ProcessId) = (builder.ConnectionString, file.ProcessId);
        return true;
    }

    private static async Task MakeDatabaseAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = database } } };
        if (await exists.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE \"{database}\"", connection);
            await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Sessions with a server that is gone would each fail one caller first.
    private void ForgetPooledSessions()
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    // A predecessor that was killed leaves children that hold its shared memory until they notice.
    private bool MayRetry() => LogTail() is var log
        && (log.Contains("pre-existing shared memory block", StringComparison.Ordinal) || log.Contains("lock file \"postmaster.pid\"", StringComparison.Ordinal));

    private string LogTail() => File.Exists(_folder.Log) && File.ReadLines(_folder.Log).TakeLast(12).ToList() is { Count: > 0 } lines
        ? string.Join(Environment.NewLine, lines)
        : $"its log {_folder.Log} is empty.";

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex DatabaseName();
}
