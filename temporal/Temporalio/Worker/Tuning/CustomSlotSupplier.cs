namespace Temporalio.Worker.Tuning;

/// <summary>A supplier of the user's own. Called from any thread, concurrently.</summary>
public abstract class CustomSlotSupplier : SlotSupplier
{
    /// <summary>Waits until a slot is free.</summary>
    /// <param name="ctx">What the slot is for.</param>
    /// <param name="cancellationToken">Cancelled when the slot is no longer wanted.</param>
    public abstract Task<SlotPermit> ReserveSlotAsync(SlotReserveContext ctx, CancellationToken cancellationToken);

    /// <summary>A slot if one is free now, otherwise <see langword="null"/>.</summary>
    public abstract SlotPermit? TryReserveSlot(SlotReserveContext ctx);

    /// <summary>Tells that a reserved slot now runs a task.</summary>
    public abstract void MarkSlotUsed(SlotMarkUsedContext ctx);

    /// <summary>Tells that a slot is free again, used or not.</summary>
    public abstract void ReleaseSlot(SlotReleaseContext ctx);
}
