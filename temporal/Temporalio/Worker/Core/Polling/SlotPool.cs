namespace Temporalio.Worker.Core.Polling;

/// <summary>A fixed number of permits, handed out in the order in which they were asked for.</summary>
internal sealed class SlotPool
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource<SlotPermit?>> _waiting = [];
    private int _free;

    public SlotPool(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        _free = size;
    }

    public int Size { get; }

    public int InUse
    {
        get
        {
            lock (_gate)
            {
                return Size - _free;
            }
        }
    }

    public SlotPermit? TryAcquire()
    {
        lock (_gate)
        {
            return _free > 0 ? Take() : null;
        }
    }

    /// <summary>A permit, or <see langword="null"/> once cancelled.</summary>
    public async ValueTask<SlotPermit?> AcquireAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<SlotPermit?>> waiter;
        lock (_gate)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return null;
            }

            if (_free > 0)
            {
                return Take();
            }

            waiter = _waiting.AddLast(new TaskCompletionSource<SlotPermit?>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        using var registration = cancellationToken.UnsafeRegister(_ => Withdraw(waiter), null);
        return await waiter.Value.Task;
    }

    internal void Return()
    {
        lock (_gate)
        {
            if (_waiting.First is { } waiter)
            {
                _waiting.RemoveFirst();
                waiter.Value.SetResult(new(this));
                return;
            }

            _free++;
        }
    }

    private SlotPermit Take()
    {
        _free--;
        return new(this);
    }

    private void Withdraw(LinkedListNode<TaskCompletionSource<SlotPermit?>> waiter)
    {
        lock (_gate)
        {
            if (waiter.List is null)
            {
                return;
            }

            _waiting.Remove(waiter);
        }

        waiter.Value.SetResult(null);
    }
}

/// <summary>The right to have one task in hand. Releasing it twice is harmless.</summary>
internal sealed class SlotPermit(SlotPool pool)
{
    private int _released;

    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            pool.Return();
        }
    }
}
