using System.Text.Json.Nodes;
using Temporalio.Server.Store.InMemory;
using Temporalio.Server.Tests.Tables;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Batch;

/// <summary>Jobs beyond what was recorded: they survive the server, only one runs at a time, and one can be stopped.</summary>
public sealed class BatchJobTests
{
    private const int Workflows = 45;

    [Fact]
    public void Job_WhoseServerDies_IsDoneByTheNextOne()
    {
        var store = new InMemoryExecutionStore();
        SimulatedRun.Do(1, async (_, invoker, _) => await BegunAsync(new TableServer(invoker)), store);
        var (job, counts) = SimulatedRun.Do(2, async (_, invoker, time) =>
        {
            var server = new TableServer(invoker);
            var done = await DoneAsync(server, "job", time);
            var count = await server.CallAsync("CountWorkflowExecutions", new JsonObject { ["namespace"] = "default", ["query"] = "ExecutionStatus = 'Terminated'" });
            return Tuple.Create(done, (string?)count["count"]);
        }, store);
        Assert.Equal("BATCH_OPERATION_STATE_COMPLETED", (string?)job["state"]);
        Assert.Equal($"{Workflows}", counts);
        Assert.Equal((string?)job["totalOperationCount"], (string?)job["completeOperationCount"]);
        Assert.Null(job["failureOperationCount"]);
    }

    [Fact]
    public void StartBatchOperation_WhileAnotherRuns_IsRefusedAndThatOneCanBeStopped()
    {
        var (second, stopped) = SimulatedRun.Do(1, async (_, invoker, time) =>
        {
            var server = new TableServer(invoker);
            await BegunAsync(server);
            var refused = await server.CallAsync("StartBatchOperation", Job("other"));
            await server.CallAsync("StopBatchOperation", new JsonObject { ["namespace"] = "default", ["jobId"] = "job", ["reason"] = "enough" });
            return Tuple.Create(refused, await DoneAsync(server, "job", time));
        });
        Assert.Equal("RESOURCE_EXHAUSTED", (string?)second["error"]!["code"]);
        Assert.Equal("BATCH_OPERATION_STATE_FAILED", (string?)stopped["state"]);
        Assert.NotEqual($"{Workflows}", (string?)stopped["completeOperationCount"]);
    }

    private static async Task<string> BegunAsync(TableServer server)
    {
        for (var i = 0; i < Workflows; i++)
        {
            await server.CallAsync("StartWorkflowExecution", new JsonObject
            {
                ["namespace"] = "default", ["workflowId"] = $"w{i}", ["workflowType"] = Named("W"), ["taskQueue"] = Named("q"), ["requestId"] = $"r{i}",
            });
        }

        Assert.Null((await server.CallAsync("StartBatchOperation", Job("job")))["error"]);
        return "begun";
    }

    private static JsonObject Job(string id) => new()
    {
        ["namespace"] = "default", ["jobId"] = id, ["reason"] = "because", ["visibilityQuery"] = "WorkflowType = 'W'", ["terminationOperation"] = new JsonObject { ["identity"] = "op" },
    };

    private static async Task<JsonObject> DoneAsync(TableServer server, string id, TimeProvider time)
    {
        while (true)
        {
            var job = await server.CallAsync("DescribeBatchOperation", new JsonObject { ["namespace"] = "default", ["jobId"] = id });
            if ((string?)job["state"] != "BATCH_OPERATION_STATE_RUNNING")
            {
                return job;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time);
        }
    }

    private static JsonObject Named(string name) => new() { ["name"] = name };
}
