using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Core.Polling;

/// <summary>Where the right to have another task in hand comes from.</summary>
internal abstract class SlotSource
{
    /// <summary>How many there can be; <see cref="int.MaxValue"/> if nobody knows.</summary>
    public abstract int Size { get; }

    public abstract TaskSlot? TryAcquire();

    /// <summary>A permit, or <see langword="null"/> once cancelled.</summary>
    public abstract ValueTask<TaskSlot?> AcquireAsync(bool isSticky, CancellationToken cancellationToken);
}

/// <summary>The right to have one task in hand. Releasing it twice is harmless.</summary>
internal sealed class TaskSlot(Action release, Action<SlotInfo>? markUsed = null)
{
    private int _released;

    /// <summary>It now stands for this task.</summary>
    public void MarkUsed(SlotInfo info) => markUsed?.Invoke(info);

    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            release();
        }
    }
}
