using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Setup;

/// <summary>How much a worker does at once.</summary>
internal readonly record struct WorkerSlots(int Workflows, int Activities, int LocalActivities)
{
    private const int Default = 100;

    /// <exception cref="ArgumentException">A tuner and limits are both given.</exception>
    public static WorkerSlots Of(TemporalWorkerOptions options)
    {
        if (options.Tuner is not { } tuner)
        {
            return new(
                options.MaxConcurrentWorkflowTasks ?? Default, options.MaxConcurrentActivities ?? Default, options.MaxConcurrentLocalActivities ?? Default);
        }

        if (options.MaxConcurrentWorkflowTasks is not null || options.MaxConcurrentActivities is not null || options.MaxConcurrentLocalActivities is not null)
        {
            throw new ArgumentException("Cannot set both Tuner and MaxConcurrentWorkflowTasks, MaxConcurrentActivities or MaxConcurrentLocalActivities");
        }

        return new(Slots(tuner.WorkflowTaskSlotSupplier, 500), Slots(tuner.ActivityTaskSlotSupplier, 1000), Slots(tuner.LocalActivitySlotSupplier, 1000));
    }

    /// <summary>Polls at once. Autoscaling stays at its initial number.</summary>
    public static int Polls(PollerBehavior? behavior, int otherwise) => behavior switch
    {
        PollerBehavior.SimpleMaximum simple => simple.Maximum,
        PollerBehavior.Autoscaling scaling => scaling.Initial,
        _ => otherwise,
    };

    // Slots by use of the machine are given up to their maximum: there is no measuring of memory and processor here.
    private static int Slots(SlotSupplier supplier, int otherwise) => supplier switch
    {
        FixedSizeSlotSupplier fixedSize => fixedSize.SlotCount,
        ResourceBasedSlotSupplier resources => resources.Options.MaximumSlots ?? otherwise,
        _ => otherwise,
    };
}
