using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Temporalio.Rpc;

namespace Temporalio.Worker.Core.Polling;

/// <summary>
/// Polls again and again: a slot first, then the poll, so that no task comes that nobody has room for. Ends on shutdown, or throws when
/// the server has refused for a minute for a reason that does not pass.
/// </summary>
internal sealed partial class PollLoop(RpcCaller rpc, CoreHost host, ILogger logger)
{
    private static readonly TimeSpan s_toleratedRefusal = TimeSpan.FromSeconds(60);

    /// <param name="method">The poll.</param>
    /// <param name="request">Makes its request.</param>
    /// <param name="slots">What each poll needs one of.</param>
    /// <param name="isSticky">Whether it polls for runs in this worker's cache.</param>
    /// <param name="throttle">Waited for before each poll.</param>
    /// <param name="accept">Takes a task with its slot; false gives the slot back, because the answer was empty.</param>
    /// <param name="stopping">No further poll.</param>
    /// <param name="cutOff">The poll in progress is given up, too.</param>
    /// <exception cref="RpcFault">The worker cannot go on.</exception>
    public async Task RunAsync<TResponse>(
        RpcMethod method,
        Func<IMessage> request,
        SlotSource slots,
        bool isSticky,
        Func<CancellationToken, ValueTask> throttle,
        Func<TResponse, TaskSlot, bool> accept,
        CancellationToken stopping,
        CancellationToken cutOff)
        where TResponse : class, IMessage
    {
        var failures = 0;
        long? refusedSince = null;
        while (await slots.AcquireAsync(isSticky, stopping) is { } permit)
        {
            var accepted = false;
            try
            {
                await throttle(stopping);
                stopping.ThrowIfCancellationRequested();
                var response = await rpc.OnceAsync<TResponse>(method, request(), RpcCaller.PollTimeout, cutOff);
                failures = 0;
                refusedSince = null;
                accepted = accept(response, permit);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested || cutOff.IsCancellationRequested)
            {
                return;
            }
            catch (RpcFault fault)
            {
                if (stopping.IsCancellationRequested)
                {
                    return;
                }

                failures++;
                var passes = RetryProfile.IsRetryable(fault) || fault.Code is RpcStatusCode.Cancelled or RpcStatusCode.DeadlineExceeded;
                refusedSince = passes ? null : refusedSince ?? host.TimeProvider.GetTimestamp();
                if (refusedSince is { } since && host.TimeProvider.GetElapsedTime(since) >= s_toleratedRefusal)
                {
                    throw;
                }

                LogFailed(fault, method.Name);
                permit.Release();
                accepted = true;
                if (!await WaitAsync(Delay(fault, failures, passes), stopping))
                {
                    return;
                }
            }
            finally
            {
                if (!accepted)
                {
                    permit.Release();
                }
            }
        }
    }

    private TimeSpan Delay(RpcFault fault, int failures, bool passes)
    {
        if (!passes)
        {
            return RetryProfile.Poll.Max;
        }

        var profile = fault.Code is RpcStatusCode.ResourceExhausted ? RetryProfile.ThrottledPoll : RetryProfile.Poll;
        return profile.Delay(failures, host.NextRandom());
    }

    private async Task<bool> WaitAsync(TimeSpan delay, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(delay, host.TimeProvider, stopping);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Poll} failed and will be made again.")]
    private partial void LogFailed(Exception fault, string poll);
}
