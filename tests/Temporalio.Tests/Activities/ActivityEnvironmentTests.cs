using Temporalio.Activities;
using Temporalio.Testing;

namespace Temporalio.Tests.Activities;

public class ActivityEnvironmentTests
{
    [Fact]
    public async Task RunAsync_ActivityThatHeartbeats_SeesInfoAndReportsDetails()
    {
        var beats = new List<object?>();
        var environment = new ActivityEnvironment
        {
            Info = ActivityEnvironment.DefaultInfo with { Attempt = 3 },
            Heartbeater = details => beats.AddRange(details),
        };
        var attempt = await environment.RunAsync(async () =>
        {
            await Task.Yield();
            ActivityExecutionContext.Current.Heartbeat("half");
            return ActivityExecutionContext.Current.Info.Attempt;
        });
        Assert.Equal(3, attempt);
        Assert.Equal(["half"], beats);
        Assert.False(ActivityExecutionContext.HasCurrent);
    }

    [Fact]
    public async Task Cancel_RunningActivity_SeesReasonAndToken()
    {
        var environment = new ActivityEnvironment();
        var started = new TaskCompletionSource();
        var running = environment.RunAsync(async () =>
        {
            var context = ActivityExecutionContext.Current;
            started.SetResult();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken));
            return (context.CancelReason, context.CancellationDetails!.IsPaused);
        });
        await started.Task;
        environment.Cancel(ActivityCancelReason.Paused);
        Assert.Equal((ActivityCancelReason.Paused, true), await running);
    }
}
