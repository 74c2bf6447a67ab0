using System.Text.Json.Nodes;
using Temporalio.Server.Tests.Tables;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Parking;

/// <summary>A workflow that waits for a long activity leaves memory, and comes back to what its worker still has.</summary>
public sealed class ParkedActivityTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(2);

    [Fact]
    public void Activity_OfARunThatLeftMemory_IsNotHandedOutAgainAndCanBeCompleted()
    {
        var events = Run(async (server, task, engine, wait) =>
        {
            await wait(s_long);
            Assert.Equal(0, engine.Actors.Count);
            Assert.Equal(1, engine.PickUps.Count);

            var again = await server.CallAsync("PollActivityTaskQueue", new JsonObject { ["namespace"] = "default", ["taskQueue"] = Named("q"), ["identity"] = "second" });
            Assert.Null(again["taskToken"]);
            var beat = await server.CallAsync("RecordActivityTaskHeartbeat", Answer(task));
            Assert.Null(beat["error"]);
            Assert.Equal(0, engine.PickUps.Count);

            await wait(s_long);
            Assert.Equal(0, engine.Actors.Count);
            Assert.Null((await server.CallAsync("RespondActivityTaskCompleted", Answer(task)))["error"]);
            Assert.Equal(0, engine.PickUps.Count);
        });
        var started = Assert.Single(events, e => (string?)e!["eventType"] == "EVENT_TYPE_ACTIVITY_TASK_STARTED");
        Assert.Equal("first", (string?)started!["activityTaskStartedEventAttributes"]!["identity"]);
        Assert.Single(events, e => (string?)e!["eventType"] == "EVENT_TYPE_ACTIVITY_TASK_COMPLETED");
    }

    [Fact]
    public void Activity_OfARunThatLeftMemory_TimesOutWhenItsTimeIsUp()
    {
        var events = Run(async (server, task, engine, wait) =>
        {
            await wait(s_long);
            Assert.Equal(0, engine.Actors.Count);
            await wait(TimeSpan.FromMinutes(9));
            Assert.Equal("NOT_FOUND", (string?)(await server.CallAsync("RespondActivityTaskCompleted", Answer(task)))["error"]?["code"]);
        });
        var over = Assert.Single(events, e => (string?)e!["eventType"] == "EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT");
        Assert.Equal("TIMEOUT_TYPE_START_TO_CLOSE", (string?)over!["activityTaskTimedOutEventAttributes"]!["failure"]!["timeoutFailureInfo"]!["timeoutType"]);
    }

    // The history that a workflow has after what was done with its only activity, which worker "first" has taken.
    private static JsonArray Run(Func<TableServer, JsonObject, Engine, Func<TimeSpan, Task>, Task> act) => SimulatedRun.Do(1, async (process, invoker, time) =>
    {
        var server = new TableServer(invoker);
        await server.CallAsync("StartWorkflowExecution", new JsonObject
        {
            ["namespace"] = "default", ["workflowId"] = "w", ["workflowType"] = Named("W"), ["taskQueue"] = Named("q"), ["requestId"] = "r",
        });
        var first = await server.CallAsync("PollWorkflowTaskQueue", new JsonObject { ["namespace"] = "default", ["taskQueue"] = Named("q") });
        await server.CallAsync("RespondWorkflowTaskCompleted", new JsonObject
        {
            ["namespace"] = "default",
            ["taskToken"] = first["taskToken"]!.DeepClone(),
            ["commands"] = new JsonArray(new JsonObject
            {
                ["commandType"] = "COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK",
                ["scheduleActivityTaskCommandAttributes"] = new JsonObject
                {
                    ["activityId"] = "a", ["activityType"] = Named("A"), ["taskQueue"] = Named("q"), ["startToCloseTimeout"] = "600s",
                    // As many attempts as it takes: the starts of limited ones are durable, and no case for notes.
                    ["retryPolicy"] = new JsonObject { ["nonRetryableErrorTypes"] = new JsonArray("TemporalTimeout:StartToClose") },
                },
            }),
        });
        var task = await server.CallAsync("PollActivityTaskQueue", new JsonObject { ["namespace"] = "default", ["taskQueue"] = Named("q"), ["identity"] = "first" });
        await act(server, task, process.Engine, t => Task.Delay(t, time));
        var history = await server.CallAsync("GetWorkflowExecutionHistory", new JsonObject { ["namespace"] = "default", ["execution"] = new JsonObject { ["workflowId"] = "w" } });
        return history["history"]!["events"]!.AsArray();
    });

    private static JsonObject Answer(JsonObject task) => new() { ["namespace"] = "default", ["taskToken"] = task["taskToken"]!.DeepClone(), ["identity"] = "first" };

    private static JsonObject Named(string name) => new() { ["name"] = name };
}
