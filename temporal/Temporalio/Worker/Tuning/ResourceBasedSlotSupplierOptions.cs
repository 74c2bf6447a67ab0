namespace Temporalio.Worker.Tuning;

/// <summary>Limits of one kind of slot.</summary>
/// <param name="MinimumSlots">Slots given whatever the use; default 5 for workflow tasks, 1 for others.</param>
/// <param name="MaximumSlots">Most slots ever given; default 500 for workflow tasks, 1000 for others.</param>
/// <param name="RampThrottle">Least time between two slots beyond the minimum; default none for workflow tasks, 50 ms for others.</param>
public sealed record ResourceBasedSlotSupplierOptions(int? MinimumSlots = null, int? MaximumSlots = null, TimeSpan? RampThrottle = null);
