namespace Temporalio.Server.Execution;

/// <summary>A workflow id's runs as far as they are in memory, and which are known not to exist. Assumes the actor's lock.</summary>
internal sealed class RunSet
{
    private readonly List<Run> _runs = [];
    private readonly HashSet<string> _missing = [];
    private List<Run> _deleted = [];

    /// <summary>The runs in memory; few, so that a search is a walk.</summary>
    public List<Run> InMemory => _runs;

    /// <summary>True once it is known which run is the current one, or that there is none.</summary>
    public bool IsLoaded { get; private set; }

    public string? CurrentRunId { get; private set; }

    public Run? Current => CurrentRunId is null ? null : Find(CurrentRunId);

    /// <summary>True when runs were deleted that no commit has taken.</summary>
    public bool HasDeleted => _deleted.Count > 0;

    /// <summary>Those runs.</summary>
    public IReadOnlyList<Run> Deleted => _deleted;

    public Run? Find(string runId)
    {
        foreach (var run in _runs)
        {
            if (run.RunId == runId)
            {
                return run;
            }
        }

        return null;
    }

    /// <summary>Whether the store has to be asked before a step can look for this run (the current one if the id is empty).</summary>
    public bool IsKnown(string runId) => IsLoaded && (runId.Length == 0 || Find(runId) is not null || _missing.Contains(runId));

    /// <summary>Adds a run that a step made; it becomes the current one.</summary>
    public void Add(Run run)
    {
        _runs.Add(run);
        _missing.Remove(run.RunId);
        CurrentRunId = run.RunId;
        run.Dirty = true;
    }

    /// <summary>Takes note of what the store has; false if the run was in memory already, or is not in the store.</summary>
    public bool AddLoaded(string asked, string? found, Func<Run> load)
    {
        // First what may fail: a run that cannot be read is not one that does not exist.
        var run = found is null || Find(found) is not null ? null : load();
        if (asked.Length == 0)
        {
            IsLoaded = true;
            CurrentRunId = found;
        }

        if (run is not null)
        {
            _runs.Add(run);
        }
        else if (found is null)
        {
            _missing.Add(asked);
        }

        return run is not null;
    }

    /// <summary>A loaded run could not be taken up: the store is asked again.</summary>
    public void Unload(Run run)
    {
        _runs.Remove(run);
        if (CurrentRunId == run.RunId)
        {
            CurrentRunId = null;
            IsLoaded = false;
        }
    }

    /// <summary>Forgets a run with its history; the next commit removes it from the store.</summary>
    public void Delete(Run run)
    {
        _runs.Remove(run);
        _missing.Add(run.RunId);
        _deleted.Add(run);
        if (CurrentRunId == run.RunId)
        {
            CurrentRunId = null;
        }
    }

    public List<Run> TakeDeleted()
    {
        var deleted = _deleted;
        _deleted = [];
        return deleted;
    }

    /// <summary>The earliest time at which one of the runs has to be looked at.</summary>
    public DateTimeOffset? NextWake()
    {
        DateTimeOffset? wake = null;
        foreach (var run in _runs)
        {
            if (run.NextWake is { } next && (wake is null || next < wake))
            {
                wake = next;
            }
        }

        return wake;
    }

    /// <summary>What is in memory was never true: the store is asked anew.</summary>
    public void Clear()
    {
        _runs.Clear();
        _missing.Clear();
        _deleted = [];
        CurrentRunId = null;
        IsLoaded = false;
    }
}
