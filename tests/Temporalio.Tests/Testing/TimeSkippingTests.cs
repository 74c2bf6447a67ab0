using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Testing;
using Temporalio.Testing.TimeSkipping;
using Temporalio.Tests.Worker.EndToEnd;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Testing;

public class TimeSkippingTests
{
    [Fact]
    public async Task GetResultAsync_WorkflowThatSleepsForAYear_ReturnsSoon()
    {
        await using var environment = await WorkflowEnvironment.StartTimeSkippingAsync();
        Assert.True(environment.SupportsTimeSkipping);
        var before = await environment.GetCurrentTimeAsync();
        await WithWorkerAsync(environment, async queue =>
        {
            var slept = await environment.Client.ExecuteWorkflowAsync((SleepWorkflow wf) => wf.RunAsync(TimeSpan.FromDays(365)), new("sleeper", queue));
            Assert.InRange(slept, TimeSpan.FromDays(365), TimeSpan.FromDays(365.1));
        });
        Assert.InRange(await environment.GetCurrentTimeAsync() - before, TimeSpan.FromDays(365), TimeSpan.FromDays(366));
    }

    [Fact]
    public async Task GetResultAsync_ActivityRetriedOverHours_ReturnsSoon()
    {
        await using var environment = await WorkflowEnvironment.StartTimeSkippingAsync();
        await WithWorkerAsync(environment, async queue =>
            Assert.Equal(4, await environment.Client.ExecuteWorkflowAsync((RetryWorkflow wf) => wf.RunAsync(), new("retrier", queue))));
    }

    [Fact]
    public async Task GetResultAsync_RunTimeoutWithoutSignal_TimesOutSoon()
    {
        await using var environment = await WorkflowEnvironment.StartTimeSkippingAsync();
        await WithWorkerAsync(environment, async queue =>
        {
            var error = await Assert.ThrowsAsync<WorkflowFailedException>(() => environment.Client.ExecuteWorkflowAsync(
                (SleepWorkflow wf) => wf.RunAsync(Timeout.InfiniteTimeSpan), new("waiter", queue) { RunTimeout = TimeSpan.FromHours(3) }));
            Assert.IsType<TimeoutFailureException>(error.InnerException);
        });
    }

    [Fact]
    public async Task DelayAsync_WhileWorkflowSleeps_MovesItsClock()
    {
        await using var environment = await WorkflowEnvironment.StartTimeSkippingAsync();
        await WithWorkerAsync(environment, async queue =>
        {
            var handle = await environment.Client.StartWorkflowAsync((SleepWorkflow wf) => wf.RunAsync(TimeSpan.FromHours(2)), new("half", queue));
            await environment.DelayAsync(TimeSpan.FromHours(1));
            Assert.False((await handle.DescribeAsync()).CloseTime.HasValue);
            await environment.DelayAsync(TimeSpan.FromHours(2));
            await environment.WithAutoTimeSkippingDisabledAsync(() => handle.GetResultAsync());
        });
    }

    [Fact]
    public async Task DelayAsync_AfterShutdown_SaysSo()
    {
        var environment = await WorkflowEnvironment.StartTimeSkippingAsync();
        await environment.ShutdownAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => environment.DelayAsync(TimeSpan.FromHours(1)).WaitAsync(TestServer.Patience));
    }

    [Fact]
    public async Task SleepAsync_EngineFails_SaysSoToEverySleeper()
    {
        // No engine at all stands for one that fails in a way that nobody expects.
        var skipper = new TimeSkipper(null!, new());
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(
                () => skipper.SleepAsync(TimeSpan.FromHours(1), TestContext.Current.CancellationToken).WaitAsync(TestServer.Patience));
            Assert.IsType<NullReferenceException>(error.InnerException);
        }
    }

    private static async Task WithWorkerAsync(WorkflowEnvironment environment, Func<string, Task> body)
    {
        using var worker = new TemporalWorker(
            environment.Client, new TemporalWorkerOptions("tq").AddWorkflow<SleepWorkflow>().AddWorkflow<RetryWorkflow>().AddActivity(RetryWorkflow.Attempt));
        await worker.ExecuteAsync(() => body("tq").WaitAsync(TestServer.Patience));
    }

    [Workflow]
    public class SleepWorkflow
    {
        [WorkflowRun]
        public async Task<TimeSpan> RunAsync(TimeSpan time)
        {
            var before = Workflow.UtcNow;
            await Workflow.DelayAsync(time);
            return Workflow.UtcNow - before;
        }
    }

    [Workflow]
    public class RetryWorkflow
    {
        [Activity]
        public static int Attempt() => ActivityExecutionContext.Current.Info.Attempt is 4 and var attempt
            ? attempt
            : throw new InvalidOperationException("Not yet");

        [WorkflowRun]
        public Task<int> RunAsync() => Workflow.ExecuteActivityAsync(
            () => Attempt(),
            new() { StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new() { InitialInterval = TimeSpan.FromHours(1), BackoffCoefficient = 2 } });
    }
}
