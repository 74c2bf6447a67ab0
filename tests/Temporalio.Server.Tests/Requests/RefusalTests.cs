using System.Text.Json.Nodes;
using Temporalio.Server.Tests.Tables;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Requests;

/// <summary>Refusals that no recording covers: what a recorded one says of a call holds for the calls beside it, in the same order of checks.</summary>
public sealed class RefusalTests
{
    private const string Long = "LONG";

    [Theory]
    // A token belongs to its namespace, whatever kind of task it is of.
    [InlineData("RespondWorkflowTaskCompleted", """{"namespace":"temporal-system","taskToken":"WORKFLOW"}""", "INVALID_ARGUMENT", "Operation requested with a token from a different namespace.")]
    [InlineData("RespondWorkflowTaskFailed", """{"namespace":"temporal-system","taskToken":"WORKFLOW"}""", "INVALID_ARGUMENT", "Operation requested with a token from a different namespace.")]
    [InlineData("RecordActivityTaskHeartbeat", """{"namespace":"temporal-system","taskToken":"ACTIVITY"}""", "INVALID_ARGUMENT", "Operation requested with a token from a different namespace.")]
    [InlineData("RespondActivityTaskFailed", """{"namespace":"temporal-system","taskToken":"ACTIVITY"}""", "INVALID_ARGUMENT", "Operation requested with a token from a different namespace.")]
    [InlineData("RespondActivityTaskCanceled", """{"namespace":"temporal-system","taskToken":"ACTIVITY"}""", "INVALID_ARGUMENT", "Operation requested with a token from a different namespace.")]
    // So long a name no worker has.
    [InlineData("RespondWorkflowTaskCompleted", """{"namespace":"default","taskToken":"WORKFLOW","identity":"LONG"}""", "INVALID_ARGUMENT", "Identity length exceeds limit.")]
    [InlineData("RespondWorkflowTaskFailed", """{"namespace":"default","taskToken":"WORKFLOW","identity":"LONG"}""", "INVALID_ARGUMENT", "Identity length exceeds limit.")]
    [InlineData("RespondActivityTaskFailed", """{"namespace":"default","taskToken":"ACTIVITY","identity":"LONG"}""", "INVALID_ARGUMENT", "Identity length exceeds limit.")]
    [InlineData("RespondActivityTaskCanceled", """{"namespace":"default","taskToken":"ACTIVITY","identity":"LONG"}""", "INVALID_ARGUMENT", "Identity length exceeds limit.")]
    // One kind of task's token is nothing to the other kind.
    [InlineData("RespondWorkflowTaskCompleted", """{"namespace":"default","taskToken":"ACTIVITY"}""", "NOT_FOUND", "Workflow task not found.")]
    [InlineData("RespondQueryTaskCompleted", """{"namespace":"default","taskToken":"ACTIVITY","completedType":"QUERY_RESULT_TYPE_ANSWERED"}""", "NOT_FOUND", "query task not found, or already expired")]
    [InlineData("RespondActivityTaskCompleted", """{"namespace":"default","taskToken":"WORKFLOW"}""", "NOT_FOUND", "invalid activityID or activity already timed out or invoking workflow is completed")]
    // A signal with start is looked at as a signal before it is as a start.
    [InlineData("SignalWithStartWorkflowExecution", """{}""", "INVALID_ARGUMENT", "Namespace is empty.")]
    [InlineData("SignalWithStartWorkflowExecution", """{"namespace":"nope"}""", "NOT_FOUND", "Namespace nope is not found.")]
    [InlineData("SignalWithStartWorkflowExecution", """{"namespace":"default"}""", "INVALID_ARGUMENT", "WorkflowId is not set on request.")]
    [InlineData("SignalWithStartWorkflowExecution", """{"namespace":"default","workflowId":"x"}""", "INVALID_ARGUMENT", "SignalName is not set on request.")]
    [InlineData("SignalWithStartWorkflowExecution", """{"namespace":"default","workflowId":"x","signalName":"s"}""", "INVALID_ARGUMENT", "WorkflowType is not set on request.")]
    [InlineData("SignalWithStartWorkflowExecution", """{"namespace":"default","workflowId":"x","signalName":"s","workflowType":{"name":"W"}}""", "INVALID_ARGUMENT", "taskQueue is not set")]
    [InlineData("SignalWithStartWorkflowExecution", """{"namespace":"default","workflowId":"x","signalName":"s","workflowType":{"name":"W"},"taskQueue":{"name":"q"},"workflowRunTimeout":"-1s"}""", "INVALID_ARGUMENT", "An invalid WorkflowRunTimeoutSeconds is set on request. cause: negative duration")]
    // A deleted schedule: who reads it misses it, who would change it comes too late.
    [InlineData("DescribeSchedule", """{"namespace":"default","scheduleId":"gone"}""", "NOT_FOUND", "schedule not found")]
    [InlineData("DeleteSchedule", """{"namespace":"default","scheduleId":"gone"}""", "NOT_FOUND", "workflow execution already completed")]
    [InlineData("PatchSchedule", """{"namespace":"default","scheduleId":"gone","patch":{"pause":"x"}}""", "NOT_FOUND", "workflow execution already completed")]
    // Jobs.
    [InlineData("StartBatchOperation", """{"namespace":"default","jobId":"j","reason":"r","visibilityQuery":"WorkflowType =","cancellationOperation":{}}""", "INVALID_ARGUMENT", "invalid visibility query: syntax error at position 41")]
    [InlineData("DescribeBatchOperation", """{"namespace":"default","jobId":"w"}""", "NOT_FOUND", "workflow not found for ID: w")]
    [InlineData("StopBatchOperation", """{"namespace":"default","jobId":"w","reason":"r"}""", "NOT_FOUND", "workflow not found for ID: w")]
    public void Call_ThatIsRefused_SaysWhy(string call, string request, string code, string message)
    {
        var refused = SimulatedRun.Do(1, async (_, invoker, _) =>
        {
            var server = new TableServer(invoker);
            var (workflow, activity) = await TokensAsync(server);
            await server.CallAsync("CreateSchedule", Parse("""{"namespace":"default","scheduleId":"gone","requestId":"r","schedule":{}}"""));
            await server.CallAsync("DeleteSchedule", Parse("""{"namespace":"default","scheduleId":"gone"}"""));
            return await server.CallAsync(call, Parse(request.Replace("WORKFLOW", workflow, StringComparison.Ordinal).Replace("ACTIVITY", activity, StringComparison.Ordinal).Replace(Long, new string('i', 1001), StringComparison.Ordinal)));
        });
        Assert.Equal(code, (string?)refused["error"]?["code"]);
        Assert.Equal(message, (string?)refused["error"]!["message"]);
    }

    // The tokens of a workflow task and of an activity that workers have.
    private static async Task<(string Workflow, string Activity)> TokensAsync(TableServer server)
    {
        await server.CallAsync("StartWorkflowExecution", Parse("""{"namespace":"default","workflowId":"w","workflowType":{"name":"W"},"taskQueue":{"name":"q"},"requestId":"r"}"""));
        var first = await server.CallAsync("PollWorkflowTaskQueue", Parse("""{"namespace":"default","taskQueue":{"name":"q"}}"""));
        var answer = Parse("""
            {"namespace":"default","forceCreateNewWorkflowTask":true,"commands":[{"commandType":"COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK",
             "scheduleActivityTaskCommandAttributes":{"activityId":"a","activityType":{"name":"A"},"taskQueue":{"name":"q"},"startToCloseTimeout":"60s"}}]}
            """);
        answer["taskToken"] = first["taskToken"]!.DeepClone();
        await server.CallAsync("RespondWorkflowTaskCompleted", answer);
        var second = await server.CallAsync("PollWorkflowTaskQueue", Parse("""{"namespace":"default","taskQueue":{"name":"q"}}"""));
        var activity = await server.CallAsync("PollActivityTaskQueue", Parse("""{"namespace":"default","taskQueue":{"name":"q"}}"""));
        return ((string)second["taskToken"]!, (string)activity["taskToken"]!);
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
