using System.Collections.Concurrent;
using Temporalio.Server.Execution;
using Temporalio.Server.Store;

namespace Temporalio.Server.Visibility;

/// <summary>
/// All runs, to be listed and counted. Nothing is kept until the first list or count: then the store is read once, and from there on
/// every commit brings its runs up to date. A run is here before its caller learns of the commit.
/// </summary>
internal sealed class VisibilityIndex(IExecutionStore store)
{
    private readonly ConcurrentDictionary<(string Namespace, string RunId), VisibilityRecord> _records = new();
    private readonly Lock _gate = new();
    private Task? _filled;

    public bool IsKept => Volatile.Read(ref _filled) is not null;

    public void Note(Run run) => _records[(run.Workflow.Namespace, run.RunId)] = VisibilityRecord.Of(run);

    public void Remove(WorkflowKey workflow, string runId) => _records.TryRemove((workflow.Namespace, runId), out _);

    /// <summary>The namespace's runs: open ones first, latest start first, then closed ones, latest close first.</summary>
    public async ValueTask<IReadOnlyList<VisibilityRecord>> QueryAsync(string ns, Func<VisibilityRecord, bool> matches)
    {
        await FilledAsync();
        List<VisibilityRecord> found = [];
        foreach (var record in _records.Values)
        {
            if (record.Workflow.Namespace == ns && matches(record))
            {
                found.Add(record);
            }
        }

        found.Sort(Order);
        return found;
    }

    /// <summary>Negative if <paramref name="a"/> is listed first.</summary>
    public static int Order(VisibilityRecord a, VisibilityRecord b)
    {
        var byClose = (b.CloseTime ?? DateTimeOffset.MaxValue).CompareTo(a.CloseTime ?? DateTimeOffset.MaxValue);
        var byStart = byClose != 0 ? byClose : b.StartTime.CompareTo(a.StartTime);
        return byStart != 0 ? byStart : string.CompareOrdinal(a.RunId, b.RunId);
    }

    private Task FilledAsync()
    {
        lock (_gate)
        {
            if (_filled is null or { IsFaulted: true } or { IsCanceled: true })
            {
                // From here on commits are noted, so that none falls between them and what is read.
                var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                Volatile.Write(ref _filled, FillAsync(start.Task));
                start.SetResult();
            }

            return _filled;
        }
    }

    private async Task FillAsync(Task noted)
    {
        await noted;
        await foreach (var stored in store.ScanAllAsync(CancellationToken.None))
        {
            var run = Run.Load(stored);
            // A record that is there already is the younger one.
            _records.TryAdd((run.Workflow.Namespace, run.RunId), VisibilityRecord.Of(run));
        }
    }
}
