using System.Text.Json.Nodes;
using Temporalio.Server.Store.InMemory;
using Temporalio.Server.Tests.Tables;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Batch;

/// <summary>A reset makes a run, so a job that begins anew must know what it has done already.</summary>
public sealed class ResetOnceTests
{
    [Theory]
    [InlineData("w0")]
    [InlineData("w1")]
    public void Job_WhoseServerDiesBetweenResetAndNote_ResetsEachWorkflowOnce(string lastReset)
    {
        var store = new InMemoryExecutionStore();
        var dying = new DyingStore(store, change => change.ExpectedVersion == 0 && change.Workflow.WorkflowId == lastReset);
        SimulatedRun.Do(1, async (_, invoker, time) =>
        {
            var server = new TableServer(invoker);
            // One is named by its id alone, of which the current run is another one after the reset.
            var executions = new JsonArray(new JsonObject { ["workflowId"] = "w0" }, new JsonObject { ["workflowId"] = "w1", ["runId"] = await StartedAsync(server, "w0", "w1") });
            dying.Armed = true;
            var begun = await server.CallAsync("StartBatchOperation", new JsonObject
            {
                ["namespace"] = "default", ["jobId"] = "job", ["reason"] = "because", ["executions"] = executions,
                ["resetOperation"] = new JsonObject { ["identity"] = "op", ["options"] = new JsonObject { ["lastWorkflowTask"] = new JsonObject() } },
            });
            Assert.Null(begun["error"]);
            while (!dying.Dead)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), time);
            }

            return "dead";
        }, dying);
        var (job, counts) = SimulatedRun.Do(2, async (_, invoker, time) =>
        {
            var server = new TableServer(invoker);
            return Tuple.Create(await DoneAsync(server, time), await RunsAsync(server, "w0") + ", " + await RunsAsync(server, "w1"));
        }, store);
        Assert.Equal("BATCH_OPERATION_STATE_COMPLETED", (string?)job["state"]);
        Assert.Equal("2", (string?)job["completeOperationCount"]);
        Assert.Equal("2, 2", counts);
    }

    private static async Task<string> StartedAsync(TableServer server, params string[] ids)
    {
        var runId = "";
        foreach (var id in ids)
        {
            var started = await server.CallAsync("StartWorkflowExecution", new JsonObject
            {
                ["namespace"] = "default", ["workflowId"] = id, ["workflowType"] = Named("W"), ["taskQueue"] = Named("q"), ["requestId"] = id,
            });
            runId = (string)started["runId"]!;
            var task = await server.CallAsync("PollWorkflowTaskQueue", new JsonObject { ["namespace"] = "default", ["taskQueue"] = Named("q") });
            Assert.Null((await server.CallAsync("RespondWorkflowTaskCompleted", new JsonObject { ["namespace"] = "default", ["taskToken"] = (string)task["taskToken"]! }))["error"]);
        }

        return runId;
    }

    private static async Task<string?> RunsAsync(TableServer server, string id) =>
        (string?)(await server.CallAsync("CountWorkflowExecutions", new JsonObject { ["namespace"] = "default", ["query"] = $"WorkflowId = '{id}'" }))["count"];

    private static async Task<JsonObject> DoneAsync(TableServer server, TimeProvider time)
    {
        while (true)
        {
            var job = await server.CallAsync("DescribeBatchOperation", new JsonObject { ["namespace"] = "default", ["jobId"] = "job" });
            if ((string?)job["state"] != "BATCH_OPERATION_STATE_RUNNING")
            {
                return job;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time);
        }
    }

    private static JsonObject Named(string name) => new() { ["name"] = name };
}
