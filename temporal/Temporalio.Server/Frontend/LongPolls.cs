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

        await Task.WhenAny(waiter.Reached, Task.Delay(patience, engine.Time, context.CancellationToken));
        return waiter.Reached.IsCompleted;
    }
}
