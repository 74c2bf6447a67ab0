namespace Temporalio.Worker.Tuning;

/// <summary>The slot suppliers of a worker.</summary>
public interface IWorkerTuner
{
    /// <summary>Slots of workflow tasks.</summary>
    SlotSupplier WorkflowTaskSlotSupplier { get; }

    /// <summary>Slots of activities.</summary>
    SlotSupplier ActivityTaskSlotSupplier { get; }

    /// <summary>Slots of local activities.</summary>
    SlotSupplier LocalActivitySlotSupplier { get; }
}
