using Microsoft.Extensions.Logging;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Core.Polling;

/// <summary>Slots of a supplier of the user's own. Its errors are logged, and it is asked again: they must not end the worker.</summary>
internal sealed partial class SuppliedSlots(
    CustomSlotSupplier supplier, SlotType type, CoreWorkerOptions options, TimeProvider timeProvider, ILogger logger) : SlotSource
{
    private static readonly TimeSpan s_pauseAfterError = TimeSpan.FromSeconds(1);

    public override int Size => int.MaxValue;

    /// <summary>The user's supplier, or else a fixed number.</summary>
    public static SlotSource Of(
        CustomSlotSupplier? supplier, int otherwise, SlotType type, CoreWorkerOptions options, TimeProvider timeProvider, ILogger logger) =>
        supplier is null ? new SlotPool(Math.Max(1, otherwise)) : new SuppliedSlots(supplier, type, options, timeProvider, logger);

    public override TaskSlot? TryAcquire()
    {
        try
        {
            return supplier.TryReserveSlot(Context(isSticky: false)) is { } permit ? Wrap(permit) : null;
        }
        catch (Exception e)
        {
            LogFailed(e, nameof(CustomSlotSupplier.TryReserveSlot));
            return null;
        }
    }

    public override async ValueTask<TaskSlot?> AcquireAsync(bool isSticky, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // Not on the supplier's own thread, which may hold a lock of the supplier's.
                return Wrap(await supplier.ReserveSlotAsync(Context(isSticky), cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.ContinueOnCapturedContext));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                LogFailed(e, nameof(CustomSlotSupplier.ReserveSlotAsync));
            }

            try
            {
                await Task.Delay(s_pauseAfterError, timeProvider, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return null;
    }

    private SlotReserveContext Context(bool isSticky) => new(type, options.TaskQueue, options.Identity, options.BuildId, isSticky);

    private TaskSlot Wrap(Tuning.SlotPermit permit)
    {
        SlotInfo? used = null;
        return new(
            () => Try(nameof(CustomSlotSupplier.ReleaseSlot), () => supplier.ReleaseSlot(new(used, permit))),
            info =>
            {
                used = info;
                Try(nameof(CustomSlotSupplier.MarkSlotUsed), () => supplier.MarkSlotUsed(new(info, permit)));
            });
    }

    private void Try(string what, Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            LogFailed(e, what);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The custom slot supplier failed at {Method}.")]
    private partial void LogFailed(Exception error, string method);
}
