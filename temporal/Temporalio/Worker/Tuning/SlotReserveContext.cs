namespace Temporalio.Worker.Tuning;

/// <summary>What a slot is wanted for.</summary>
public record SlotReserveContext(SlotType SlotType, string TaskQueue, string WorkerIdentity, string WorkerBuildId, bool IsSticky);
