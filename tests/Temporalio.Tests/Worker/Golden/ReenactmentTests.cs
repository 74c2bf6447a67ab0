using Temporalio.Tests.Core.Oracle;
using Temporalio.Tests.Worker.EndToEnd;
using Temporalio.Worker;

namespace Temporalio.Tests.Worker.Golden;

/// <summary>
/// The workflows of the recorded histories, run again by our worker against our server: the events are the same ones, in the same order,
/// that the official SDK and a real server made.
/// </summary>
public class ReenactmentTests(TestServer server)
{
    /// <summary>What this play cannot do, not what server or SDK cannot.</summary>
    private static readonly HashSet<string> s_notPlayable =
    [
        // The order depends on how long activities take, on which of several is first, or on short timers while somebody acts.
        "activities-cancel-wait-failed-1", "activities-cancel-wait-ignored-1", "local-cancel-try-1", "local-cancel-wait-1", "scopes-shielded-1",
        "scopes-tree-1", "signals-from-activity-1", "signals-late-handler-1", "timers-two-in-order-1", "activities-cancel-abandon-1",
        "activities-cancel-details-1", "activities-cancel-try-1", "activities-cancel-while-backing-off-1", "basic-activities-at-once-1", "children-several-4",
        "local-backoff-timer-1", "local-heartbeat-task-1", "local-signalled-meanwhile-1",

        // Attempts fail until the time is over; the history does not tell how many.
        "activities-schedule-to-close-1",

        // Somebody acts on another workflow.
        "children-terminated-2", "external-cancel-1", "external-cancel-closed-1", "external-signal-1", "external-signal-current-run-1",
        "external-signal-closed-1",

        // Started with a signal; the code changes midway.
        "signals-with-start-1", "versions-deprecated-to-none-1", "versions-nondeterminism-1",
    ];

    public static TheoryData<string> Names => new(GoldenReplayTests.Names.Select(n => (string)n.Data).Where(n => IsRoot(n) && !s_notPlayable.Contains(n)));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_RecordedWorkflow_MakesTheRecordedEvents(string name)
    {
        var recording = Recording.All[name];
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}").AddActivity(new RecordedActivities(recording.History.Events).Definition);
        foreach (var type in GoldenReplayTests.Workflows(name))
        {
            options.AddWorkflow(type);
        }

        var play = new Reenactment(server.Client, recording, options.TaskQueue!);
        await play.BeginAsync();
        using var worker = new TemporalWorker(server.Client, options);
        try
        {
            await worker.ExecuteAsync(() => play.RunAsync().WaitAsync(TestServer.Patience));
        }
        catch (TimeoutException)
        {
            // The comparison tells how far it got.
        }

        Assert.Equal(string.Join('\n', recording.History.Events.Select(e => e.EventType)), play.Events);
    }

    private static bool IsRoot(string name)
    {
        var started = Recording.All[name].History.Events[0].WorkflowExecutionStartedEventAttributes;
        return started.ParentWorkflowExecution is null && started.ContinuedExecutionRunId.Length == 0 && started.Attempt == 1;
    }
}
