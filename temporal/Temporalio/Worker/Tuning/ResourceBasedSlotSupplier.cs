namespace Temporalio.Worker.Tuning;

/// <summary>Slots according to the use of memory and processor.</summary>
public sealed class ResourceBasedSlotSupplier : SlotSupplier
{
    /// <param name="options">Limits of this kind of slot.</param>
    /// <param name="tunerOptions">The targets, shared by all kinds.</param>
    public ResourceBasedSlotSupplier(ResourceBasedSlotSupplierOptions options, ResourceBasedTunerOptions tunerOptions)
    {
        Options = options;
        TunerOptions = tunerOptions;
    }

    /// <summary>Limits of this kind of slot.</summary>
    public ResourceBasedSlotSupplierOptions Options { get; }

    /// <summary>The targets.</summary>
    public ResourceBasedTunerOptions TunerOptions { get; }
}
