using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;
using Temporalio.Rpc;
using Temporalio.Rpc.InProcess;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Matching;
using Temporalio.Server.Store;
using Temporalio.Server.Store.InMemory;
using Temporalio.Server.Tests.Tables;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Faults;

/// <summary>Whatever fails or leaves in the wrong moment, nobody waits for good for a word that nobody will say.</summary>
public sealed class LostWordTests
{
    private static readonly WorkflowKey s_workflow = new("default", "w");

    [Fact]
    public void StickyTask_WhoseWorkerLeftAsItCame_GoesToTheOthers()
    {
        var task = SimulatedRun.Do(1, async (process, invoker, _) =>
        {
            var (server, engine) = (new TableServer(invoker), process.Engine);
            await StartAsync(server);
            var first = await PollAsync(server);
            await server.CallAsync("RespondWorkflowTaskCompleted", new JsonObject
            {
                ["namespace"] = "default",
                ["taskToken"] = first["taskToken"]!.DeepClone(),
                ["stickyAttributes"] = new JsonObject
                {
                    ["workerTaskQueue"] = new JsonObject { ["name"] = "sticky", ["kind"] = "TASK_QUEUE_KIND_STICKY", ["normalName"] = "q" },
                    ["scheduleToStartTimeout"] = "5s",
                },
            });
            var poller = new Poller(new("default", "sticky", TaskQueueType.Workflow), "gone", "", "poll", inProcess: false);
            var waiting = engine.Matching.WaitAsync(poller, TimeSpan.FromMinutes(1), CancellationToken.None);
            await SignalAsync(server);
            var start = (await waiting)!;
            engine.Actors.Post(start.Workflow, new ActorNotice(start.Abandon) { RunId = start.RunId });

            return await PollAsync(server);
        });
        Assert.NotNull(task["taskToken"]);
    }

    [Fact]
    public void Commit_FailsAndTheLogFailsToo_TheNextOnesAreTaken()
    {
        var store = new FaultyStore(new InMemoryExecutionStore()) { FailCommit = static _ => true };
        var (lost, kept) = SimulatedRun.Do(
            1,
            async (_, invoker, _) =>
            {
                var server = new TableServer(invoker);
                return Tuple.Create(await StartAsync(server), await StartAsync(server));
            },
            store,
            new ThrowingLogger());
        Assert.Equal("UNAVAILABLE", (string?)lost["error"]?["code"]);
        Assert.NotNull(kept["runId"]);
    }

    [Fact]
    public void Delete_WhoseCommitFails_WakesWhoWaitsForTheRun()
    {
        var store = new FaultyStore(new InMemoryExecutionStore());
        var reached = SimulatedRun.Do(
            1,
            async (process, invoker, time) =>
            {
                var server = new TableServer(invoker);
                await StartAsync(server);
                var waiter = await process.Engine.Actors.CallAsync(s_workflow, "", actor =>
                {
                    var added = new HistoryWaiter(0, closeOnly: true);
                    actor.Current!.Run.Waiters.Add(added);
                    return added;
                });
                store.FailCommit = static group => group.Any(c => c.State is null);
                await server.CallAsync("DeleteWorkflowExecution", new JsonObject { ["namespace"] = "default", ["workflowExecution"] = new JsonObject { ["workflowId"] = "w" } });
                await Task.WhenAny(waiter.Reached, Task.Delay(TimeSpan.FromMinutes(5), time));
                return Tuple.Create(waiter.Reached.IsCompleted, store.FailCommit is null);
            },
            store);
        Assert.Equal((true, true), (reached.Item1, reached.Item2));
    }

    [Fact]
    public void Message_ForAnEarlierRunThatCannotBeLoaded_HasItLoadedLater()
    {
        var store = new FaultyStore(new InMemoryExecutionStore());
        var loads = SimulatedRun.Do(
            1,
            async (process, invoker, time) =>
            {
                var server = new TableServer(invoker);
                var earlier = (string)(await StartAsync(server))["runId"]!;
                await TerminateAsync(server);
                await StartAsync(server, "second");
                await TerminateAsync(server);
                await Task.Delay(TimeSpan.FromMinutes(10), time);
                store.FailLoad = runId => runId == earlier;
                process.Engine.Actors.Post(s_workflow, new ActorNotice(static _ => { }) { RunId = earlier });
                await Task.Delay(TimeSpan.FromMinutes(1), time);
                return store.Loads.FindAll(runId => runId == earlier);
            },
            store);
        Assert.Equal(2, loads.Count);
    }

    [Fact]
    public void Activity_WhoseTaskCannotBeTold_IsHandedOutAgain()
    {
        var store = new FaultyStore(new InMemoryExecutionStore());
        var (refused, task) = SimulatedRun.Do(
            1,
            async (process, invoker, time) =>
            {
                var server = new TableServer(invoker);
                await StartAsync(server);
                await server.CallAsync("RespondWorkflowTaskCompleted", new JsonObject
                {
                    ["namespace"] = "default",
                    ["taskToken"] = (await PollAsync(server))["taskToken"]!.DeepClone(),
                    ["commands"] = new JsonArray(new JsonObject
                    {
                        ["commandType"] = "COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK",
                        ["scheduleActivityTaskCommandAttributes"] = new JsonObject
                        {
                            ["activityId"] = "a", ["activityType"] = Named("A"), ["taskQueue"] = Named("q"), ["startToCloseTimeout"] = "3600s",
                        },
                    }),
                });

                // What the activity was scheduled with has to be read only after a failed commit: memory is dropped then.
                store.FailCommit = static _ => true;
                await SignalAsync(server);
                store.FailRead = true;
                return Tuple.Create(await PollAsync(server, "PollActivityTaskQueue"), await PollAsync(server, "PollActivityTaskQueue"));
            },
            store);
        Assert.NotNull(refused["error"]);
        Assert.Equal("a", (string?)task["activityId"]);
    }

    [Fact]
    public async Task Leave_WhileATaskIsTried_EndsTheWaitOnceItIsNone()
    {
        var poller = new Poller(new("default", "q", TaskQueueType.Workflow), "worker", "", "poll", inProcess: false);
        Assert.True(poller.TryAccept());
        poller.Leave();
        Assert.False(poller.Result.IsCompleted);

        Assert.False(poller.Return());
        Assert.Null(await poller.Result);
        Assert.False(poller.TryAccept());
    }

    [Fact]
    public void Poll_BehindThousandsOfStaleTasks_GetsTheRealOne()
    {
        var task = SimulatedRun.Do(1, async (process, invoker, _) =>
        {
            var server = new TableServer(invoker);
            var runId = (string)(await StartAsync(server))["runId"]!;
            for (var i = 0; i < 20_000; i++)
            {
                process.Engine.Matching.Offer(new WorkflowTaskReference(s_workflow, runId, new("default", "q", TaskQueueType.Workflow), stamp: -1) { Priority = 1 });
            }

            return await PollAsync(server);
        });
        Assert.NotNull(task["taskToken"]);
    }

    [Fact]
    public void Step_ThatThrows_AbandonsWhatItWasToLetOut()
    {
        var told = SimulatedRun.Do(1, async (process, invoker, time) =>
        {
            await StartAsync(new TableServer(invoker));
            var abandoned = new TaskCompletionSource();
            process.Engine.Actors.Post(s_workflow, new ActorNotice(actor =>
            {
                actor.AfterCommit(new Afterwards(static _ => { }, _ => abandoned.SetResult()));
                throw new InvalidOperationException("a bug");
            }));
            await Task.WhenAny(abandoned.Task, Task.Delay(TimeSpan.FromMinutes(5), time));
            return abandoned.Task;
        });
        Assert.True(told.IsCompleted);
    }

    [Fact]
    public void Effect_ThatThrows_DoesNotHoldUpTheOthers()
    {
        var released = SimulatedRun.Do(1, async (process, invoker, time) =>
        {
            var server = new TableServer(invoker);
            await StartAsync(server);
            var after = new TaskCompletionSource();
            process.Engine.Actors.Post(s_workflow, new ActorNotice(actor =>
            {
                actor.Current!.Touch();
                actor.AfterCommit(new Afterwards(static _ => throw new InvalidOperationException("a bug")));
                actor.AfterCommit(new Afterwards(_ => after.SetResult()));
            }));
            await Task.WhenAny(after.Task, Task.Delay(TimeSpan.FromMinutes(5), time));
            await StartAsync(server, "second");
            return after.Task;
        });
        Assert.True(released.IsCompleted);
    }

    private static Task<JsonObject> StartAsync(TableServer server, string requestId = "first") => server.CallAsync("StartWorkflowExecution", new JsonObject
    {
        ["namespace"] = "default", ["workflowId"] = "w", ["workflowType"] = Named("W"), ["taskQueue"] = Named("q"), ["requestId"] = requestId,
    });

    private static Task<JsonObject> TerminateAsync(TableServer server) => server.CallAsync(
        "TerminateWorkflowExecution", new JsonObject { ["namespace"] = "default", ["workflowExecution"] = new JsonObject { ["workflowId"] = "w" } });

    private static Task<JsonObject> SignalAsync(TableServer server) => server.CallAsync("SignalWorkflowExecution", new JsonObject
    {
        ["namespace"] = "default", ["workflowExecution"] = new JsonObject { ["workflowId"] = "w" }, ["signalName"] = "s",
    });

    private static Task<JsonObject> PollAsync(TableServer server, string call = "PollWorkflowTaskQueue") =>
        server.CallAsync(call, new JsonObject { ["namespace"] = "default", ["taskQueue"] = Named("q"), ["identity"] = "worker" });

    private static JsonObject Named(string name) => new() { ["name"] = name };

    private sealed class ThrowingLogger : ILogger<TemporalServer>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("The log is full.");
    }
}
