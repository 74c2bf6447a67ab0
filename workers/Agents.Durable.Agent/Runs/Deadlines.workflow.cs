using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Runs;

/// <summary>Time limits of turns and of the task. Without limits nothing here makes a timer.</summary>
internal static class Deadlines
{
    public static Lateness Passed(RunState state, DateTime now) =>
        OfTask(state) <= now ? Lateness.Task : OfTurn(state) <= now ? Lateness.Turn : Lateness.None;

    /// <summary>Waits until something came in, or the task's time is over.</summary>
    public static Task WaitAsync(Func<bool> came, RunState state) =>
        OfTask(state) is { } end ? Workflow.WaitConditionAsync(came, Left(end)) : Workflow.WaitConditionAsync(came);

    /// <summary>Runs work, and cancels it when a limit passes; what that leaves is for the policy.</summary>
    public static async Task KeepAsync(Func<CancellationToken, Task> work, RunState state)
    {
        if ((OfTurn(state) is { } turn ? OfTask(state) is { } both && both < turn ? both : turn : OfTask(state)) is not { } end)
        {
            await work(Workflow.CancellationToken);
            return;
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(Workflow.CancellationToken);
        using var early = CancellationTokenSource.CreateLinkedTokenSource(Workflow.CancellationToken);
        var working = work(late.Token);
        if (await Workflow.WhenAnyAsync(working, Workflow.DelayAsync(Left(end), early.Token)) == working)
        {
#pragma warning disable CA1849 // Asynchronous cancellation leaves the workflow's scheduler.
            early.Cancel();
        }
        else
        {
            late.Cancel();
#pragma warning restore CA1849
        }

        try
        {
            await working;
        }
        catch (Exception e) when (TemporalException.IsCanceledException(e) && !Workflow.CancellationToken.IsCancellationRequested)
        {
            // The limit passed: the policy sees it in the time.
        }
    }

    private static DateTime? OfTurn(RunState state) => state.Open ? End(state.TurnBegan, state.Limits.TurnSeconds) : null;

    private static DateTime? OfTask(RunState state) => End(state.Began, state.Limits.TaskSeconds);

    private static DateTime? End(long began, double? seconds) => began > 0 && seconds is { } limit ? DateTime.UnixEpoch.AddMilliseconds(began).AddSeconds(limit) : null;

    private static TimeSpan Left(DateTime end) => end > Workflow.UtcNow ? end - Workflow.UtcNow : TimeSpan.FromMilliseconds(1);
}
