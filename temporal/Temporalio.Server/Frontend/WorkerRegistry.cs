using System.Collections.Concurrent;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Worker.V1;

namespace Temporalio.Server.Frontend;

/// <summary>What workers last said of themselves. In memory only: those that live say it again.</summary>
internal sealed class WorkerRegistry(TimeProvider time)
{
    private static readonly TimeSpan s_memory = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Namespace, string Key), (WorkerHeartbeat Heartbeat, DateTimeOffset Seen)> _workers = new();

    public void Record(string ns, WorkerHeartbeat heartbeat)
    {
        var key = (ns, heartbeat.WorkerInstanceKey);
        if (heartbeat.Status == WorkerStatus.Shutdown)
        {
            _workers.TryRemove(key, out _);
            return;
        }

        _workers[key] = (heartbeat, time.GetUtcNow());
    }

    public WorkerHeartbeat? Find(string ns, string key) => _workers.TryGetValue((ns, key), out var found) ? found.Heartbeat : null;

    /// <summary>The namespace's workers, by key.</summary>
    public IReadOnlyList<WorkerHeartbeat> All(string ns)
    {
        var oldest = time.GetUtcNow() - s_memory;
        List<WorkerHeartbeat> all = [];
        foreach (var (key, worker) in _workers)
        {
            if (worker.Seen < oldest)
            {
                _workers.TryRemove(key, out _);
            }
            else if (key.Namespace == ns)
            {
                all.Add(worker.Heartbeat);
            }
        }

        all.Sort(static (a, b) => string.CompareOrdinal(a.WorkerInstanceKey, b.WorkerInstanceKey));
        return all;
    }
}
