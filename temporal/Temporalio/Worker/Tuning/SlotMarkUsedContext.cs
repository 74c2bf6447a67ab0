namespace Temporalio.Worker.Tuning;

/// <summary>A slot that now runs a task.</summary>
public record SlotMarkUsedContext(SlotInfo SlotInfo, SlotPermit Permit);
