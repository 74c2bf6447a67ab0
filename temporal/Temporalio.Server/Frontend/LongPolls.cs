using Temporalio.Rpc;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

/// <summary>Waits that end before the caller gives up.</summary>
internal static class LongPolls
{
    /// <summary>True if what was waited for has come.</summary>
    public static async ValueTask<bool> WaitAsync(Engine engine, HistoryWaiter waiter, RpcContext context)
    {
        var patience = Requests.Patience(engine, context, engine.Options.LongPollTimeout);
        if (patience <= TimeSpan.Zero)
        {
            return waiter.Reached.IsCompleted;
        }

        return await CompletesAsync(engine, waiter.Reached, patience, context.CancellationToken);
    }

    /// <summary>
    /// True once the task has completed, however; false when the time is up or the caller has left before. Unlike
    /// <see cref="Task.WhenAny(Task[])"/> it stays on the caller's scheduler.
    /// </summary>
    public static async ValueTask<bool> CompletesAsync(Engine engine, Task awaited, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!awaited.IsCompleted)
        {
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var timer = engine.Time.CreateTimer(static o => ((TaskCompletionSource)o!).TrySetResult(), over, patience, Timeout.InfiniteTimeSpan);
            await using var left = cancellationToken.UnsafeRegister(static o => ((TaskCompletionSource)o!).TrySetResult(), over);
            Follow(awaited, over);
            await over.Task;
        }

        return awaited.IsCompleted;
    }

    private static async void Follow(Task awaited, TaskCompletionSource over)
    {
        await awaited.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        over.TrySetResult();
    }
}
