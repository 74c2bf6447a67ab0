namespace Agents.Durable.Gateway.Mailbox;

/// <summary>One lane for each task that is being served, first come first served. Across processes the leases in the database decide.</summary>
internal sealed class TaskLanes
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    /// <summary>Waits for the task's lane; the result gives it back.</summary>
    public async Task<IDisposable> EnterAsync(string taskId, CancellationToken cancellationToken)
    {
        var lane = Join(taskId);
        try
        {
            await lane.Gate.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(taskId, lane);
            throw;
        }

        return new Pass(this, taskId, lane);
    }

    /// <summary>Takes the lane if nobody is in it, else gives null.</summary>
    public IDisposable? TryEnter(string taskId)
    {
        var lane = Join(taskId);
        if (lane.Gate.Wait(0))
        {
            return new Pass(this, taskId, lane);
        }

        Leave(taskId, lane);
        return null;
    }

    private Lane Join(string taskId)
    {
        lock (_lock)
        {
            if (!_lanes.TryGetValue(taskId, out var lane))
            {
                _lanes.Add(taskId, lane = new Lane());
            }

            lane.Users++;
            return lane;
        }
    }

    private void Leave(string taskId, Lane lane)
    {
        lock (_lock)
        {
            if (--lane.Users == 0)
            {
                _lanes.Remove(taskId);
                lane.Gate.Dispose();
            }
        }
    }

    private sealed class Lane
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Pass(TaskLanes lanes, string taskId, Lane lane) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (!_left)
            {
                _left = true;
                lane.Gate.Release();
                lanes.Leave(taskId, lane);
            }
        }
    }
}
