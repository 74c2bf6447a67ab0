namespace Temporalio.Worker.Tuning;

/// <summary>A slot that is free again. Without info it was never used.</summary>
public record SlotReleaseContext(SlotInfo? SlotInfo, SlotPermit Permit);
