using System.Text.Json.Nodes;
using Temporalio.Server.Tests.Tables;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Limits;

/// <summary>A workflow that asks for more than 2 MB at once: its task fails, and it is ended, for it would ask again.</summary>
public sealed class CommandSizeTests
{
    private const int Allowed = 2 * 1024 * 1024;

    [Theory]
    [InlineData("COMPLETE_WORKFLOW_EXECUTION", "completeWorkflowExecution", "result", "BAD_SCHEDULE_ACTIVITY_ATTRIBUTES")]
    [InlineData("SCHEDULE_ACTIVITY_TASK", "scheduleActivityTask", "input", "BAD_SCHEDULE_ACTIVITY_ATTRIBUTES")]
    [InlineData("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", "continueAsNewWorkflowExecution", "input", "BAD_CONTINUE_AS_NEW_ATTRIBUTES")]
    [InlineData("START_CHILD_WORKFLOW_EXECUTION", "startChildWorkflowExecution", "input", "BAD_START_CHILD_EXECUTION_ATTRIBUTES")]
    [InlineData("SIGNAL_EXTERNAL_WORKFLOW_EXECUTION", "signalExternalWorkflowExecution", "input", "BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES")]
    public void RespondWorkflowTaskCompleted_WithTooLargeAPayload_FailsTheTaskAndEndsTheWorkflow(string type, string attributes, string field, string cause)
    {
        var (code, events) = Answer(type, attributes, field, Allowed + 1);
        Assert.Equal("INVALID_ARGUMENT", code);
        Assert.Equal("EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED", (string?)events[^1]!["eventType"]);
        Assert.Equal("WORKFLOW_TASK_FAILED_CAUSE_" + cause, (string?)events[^2]!["workflowTaskFailedEventAttributes"]!["cause"]);
    }

    [Fact]
    public void RespondWorkflowTaskCompleted_WithAPayloadJustSmallEnough_CompletesTheWorkflow()
    {
        var (code, events) = Answer("COMPLETE_WORKFLOW_EXECUTION", "completeWorkflowExecution", "result", Allowed - 100);
        Assert.Null(code);
        Assert.Equal("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED", (string?)events[^1]!["eventType"]);
    }

    private static (string? Code, JsonArray Events) Answer(string type, string attributes, string field, int size)
    {
        var answered = SimulatedRun.Do(1, async (_, invoker, _) =>
        {
            var server = new TableServer(invoker);
            await server.CallAsync("StartWorkflowExecution", new JsonObject
            {
                ["namespace"] = "default", ["workflowId"] = "w", ["workflowType"] = Named("W"), ["taskQueue"] = Named("q"), ["requestId"] = "r",
            });
            var task = await server.CallAsync("PollWorkflowTaskQueue", new JsonObject { ["namespace"] = "default", ["taskQueue"] = Named("q") });
            var carried = new JsonObject { [field] = new JsonObject { ["payloads"] = new JsonArray(new JsonObject { ["data"] = Convert.ToBase64String(new byte[size]) }) } };
            foreach (var (name, value) in Needed(type))
            {
                carried[name] = value;
            }

            var answer = await server.CallAsync("RespondWorkflowTaskCompleted", new JsonObject
            {
                ["namespace"] = "default", ["taskToken"] = task["taskToken"]!.DeepClone(),
                ["commands"] = new JsonArray(new JsonObject { ["commandType"] = "COMMAND_TYPE_" + type, [attributes + "CommandAttributes"] = carried }),
            });
            var history = await server.CallAsync("GetWorkflowExecutionHistory", new JsonObject { ["namespace"] = "default", ["execution"] = new JsonObject { ["workflowId"] = "w" } });
            return Tuple.Create((string?)answer["error"]?["code"], history["history"]!["events"]!.AsArray());
        });
        return (answered.Item1, answered.Item2);
    }

    private static Dictionary<string, JsonNode> Needed(string type) => type switch
    {
        "SCHEDULE_ACTIVITY_TASK" => new() { ["activityId"] = "a", ["activityType"] = Named("A"), ["taskQueue"] = Named("q"), ["startToCloseTimeout"] = "60s" },
        "CONTINUE_AS_NEW_WORKFLOW_EXECUTION" => new() { ["workflowType"] = Named("W"), ["taskQueue"] = Named("q") },
        "START_CHILD_WORKFLOW_EXECUTION" => new() { ["workflowId"] = "child", ["workflowType"] = Named("W"), ["taskQueue"] = Named("q") },
        "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION" => new() { ["execution"] = new JsonObject { ["workflowId"] = "other" }, ["signalName"] = "s" },
        _ => [],
    };

    private static JsonObject Named(string name) => new() { ["name"] = name };
}
