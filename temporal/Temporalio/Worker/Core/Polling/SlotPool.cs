namespace Temporalio.Worker.Core.Polling;

/// <summary>A fixed number of permits, handed out in the order in which they were asked for.</summary>
internal sealed class SlotPool : SlotSource
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource<TaskSlot?>> _waiting = [];
    private int _free;

    public SlotPool(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        _free = size;
    }

    public override int Size { get; }

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

    public override TaskSlot? TryAcquire()
    {
        lock (_gate)
        {
            return _free > 0 ? Take() : null;
        }
    }

    public override async ValueTask<TaskSlot?> AcquireAsync(bool isSticky, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<TaskSlot?>> waiter;
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

            waiter = _waiting.AddLast(new TaskCompletionSource<TaskSlot?>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        using var registration = cancellationToken.UnsafeRegister(_ => Withdraw(waiter), null);
        return await waiter.Value.Task;
    }

    private void Return()
    {
        lock (_gate)
        {
            if (_waiting.First is { } waiter)
            {
                _waiting.RemoveFirst();
                waiter.Value.SetResult(new(Return));
                return;
            }

            _free++;
        }
    }

    private TaskSlot Take()
    {
        _free--;
        return new(Return);
    }

    private void Withdraw(LinkedListNode<TaskCompletionSource<TaskSlot?>> waiter)
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
