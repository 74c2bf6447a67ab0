using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Tests.Core.Oracle;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Tests.Core;

public sealed class CacheTests
{
    [Fact]
    public void Idle_RunsBeyondThoseThatMayStay_AreEvictedWhenTheirTimeIsUp()
    {
        var clock = new SimulatedClock(DateTimeOffset.UnixEpoch);
        var limits = new CacheLimits(10) { Idle = TimeSpan.FromMinutes(1), KeptWhenIdle = 1 };
        var runs = new RunStreamHarness(limits, time: clock);
        Park(runs, "first");
        runs.AssertNothing();
        clock.Advance(TimeSpan.FromSeconds(40));
        Park(runs, "second");
        Assert.Equal(1, runs.IdleWatches);
        clock.Advance(TimeSpan.FromSeconds(30));

        runs.Post(new RunInput.IdleDue());

        var eviction = runs.Activation();
        Assert.Equal("first", eviction.RunId);
        Assert.Equal(RemoveFromCache.Types.EvictionReason.CacheFull, Assert.Single(eviction.Jobs).RemoveFromCache.Reason);
        Assert.Equal(2, runs.IdleWatches);
        runs.ReplyFor("first");
        runs.AssertNothing();
        Assert.Equal(1, runs.CachedRuns);
    }

    [Fact]
    public void Weight_BeyondWhatIsAllowed_EvictsTheLeastRecentlyUsed()
    {
        var runs = new RunStreamHarness(new CacheLimits(10) { HistoryBytes = 1500 });
        Park(runs, "first");
        Park(runs, "second");

        var eviction = runs.Activation();
        Assert.Equal("first", eviction.RunId);
        runs.ReplyFor("first");
        runs.AssertNothing();
        Assert.Equal(1, runs.CachedRuns);
    }

    /// <summary>A run that waits for a timer, with a history of 1,000 bytes.</summary>
    private static void Park(RunStreamHarness runs, string runId)
    {
        var history = HistoryBuilder.Started().Task();
        history.Events[^1].WorkflowTaskStartedEventAttributes.HistorySizeBytes = 1000;
        runs.Task(history.Events, 0, history.LastStarted, runId: runId);
        Assert.Equal(runId, runs.Activation().RunId);
        runs.ReplyFor(runId, new WorkflowCommand { StartTimer = new() { Seq = 1, StartToFireTimeout = new() { Seconds = 3600 } } });
        runs.Completion();
    }
}
