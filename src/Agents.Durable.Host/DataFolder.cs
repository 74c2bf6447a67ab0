using Agents.Durable.Postgres;

namespace Agents.Durable.Host;

/// <summary>
/// The data folder as this process holds it: one process per role at a time, and the embedded PostgreSQL in it, which the last process to
/// leave in good order stops. After a kill it goes on running and is adopted by the next start.
/// </summary>
internal sealed class DataFolder : IAsyncDisposable
{
    private readonly string _path;
    private readonly Dictionary<HostRoles, FileStream> _locks = [];
    private EmbeddedPostgres? _postgres;
    private PostgresSupervisor? _supervisor;

    private DataFolder(string path) => _path = path;

    /// <exception cref="HostStartException">Another process does one of these roles on this folder.</exception>
    public static DataFolder Take(string path, HostRoles roles)
    {
        Directory.CreateDirectory(path);
        var folder = new DataFolder(path);
        foreach (var role in Enum.GetValues<HostRoles>().Where(r => int.PopCount((int)r) == 1 && roles.HasFlag(r)))
        {
            if (!folder.TryLock(role))
            {
                throw new HostStartException($"Another process is the {role.ToString().ToLowerInvariant()} of {path}. Stop it, or give this one another --data folder.");
            }
        }

        return folder;
    }

    /// <summary>Names this folder among all that share a database; made with the folder's first use.</summary>
    public string Instance
    {
        get
        {
            var file = Path.Combine(_path, "instance");
            if (!File.Exists(file))
            {
                // In one step, because the processes of a folder may start together.
                var mine = $"{file}.{Environment.ProcessId}";
                File.WriteAllText(mine, Guid.NewGuid().ToString("N"));
                File.Move(mine, file, overwrite: true);
            }

            return File.ReadAllText(file);
        }
    }

    /// <summary>The connection string of the embedded PostgreSQL, started or adopted.</summary>
    public async Task<string> StartPostgresAsync(CancellationToken cancellationToken)
    {
        _postgres = await EmbeddedPostgres.StartAsync(new() { Folder = Path.Combine(_path, "postgres") }, cancellationToken: cancellationToken);
        return _postgres.ConnectionString;
    }

    /// <summary>From now on the embedded PostgreSQL is started again whenever it ends, until this folder is given back; nothing where there is none.</summary>
    public void Supervise(IServiceProvider services)
    {
        if (_postgres is not null)
        {
            _supervisor = ActivatorUtilities.CreateInstance<PostgresSupervisor>(services, _postgres);
            _supervisor.Start();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Before the locks: whoever gets them all stops the server, and nobody may start it again then.
        if (_supervisor is not null)
        {
            await _supervisor.DisposeAsync();
        }

        if (_postgres is not null && TryLock(HostRoles.Gateway) && TryLock(HostRoles.Worker) && TryLock(HostRoles.Temporal))
        {
            await _postgres.StopAsync();
        }

        foreach (var held in _locks.Values)
        {
            await held.DisposeAsync();
        }
    }

    private bool TryLock(HostRoles role)
    {
        if (_locks.ContainsKey(role))
        {
            return true;
        }

        try
        {
            // The system releases it with the process, however that ends.
            _locks[role] = new FileStream(Path.Combine(_path, $"{role.ToString().ToLowerInvariant()}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
