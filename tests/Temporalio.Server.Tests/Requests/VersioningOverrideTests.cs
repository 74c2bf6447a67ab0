using System.Text.Json.Nodes;
using Temporalio.Server.Tests.Tables;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Requests;

/// <summary>An override given with the start is shown as one given later is.</summary>
public sealed class VersioningOverrideTests
{
    [Theory]
    [InlineData("StartWorkflowExecution")]
    [InlineData("SignalWithStartWorkflowExecution")]
    public void DescribeWorkflowExecution_OfARunStartedWithAnOverride_ShowsIt(string call)
    {
        var described = SimulatedRun.Do(1, async (_, invoker, _) =>
        {
            var server = new TableServer(invoker);
            var request = new JsonObject
            {
                ["namespace"] = "default", ["workflowId"] = "w", ["workflowType"] = new JsonObject { ["name"] = "W" }, ["taskQueue"] = new JsonObject { ["name"] = "q" },
                ["versioningOverride"] = new JsonObject { ["autoUpgrade"] = true },
            };
            if (call != "StartWorkflowExecution")
            {
                request["signalName"] = "s";
            }

            Assert.Null((await server.CallAsync(call, request))["error"]);
            return await server.CallAsync("DescribeWorkflowExecution", new JsonObject { ["namespace"] = "default", ["execution"] = new JsonObject { ["workflowId"] = "w" } });
        });
        Assert.True((bool?)described["workflowExecutionInfo"]!["versioningInfo"]?["versioningOverride"]?["autoUpgrade"]);
    }
}
