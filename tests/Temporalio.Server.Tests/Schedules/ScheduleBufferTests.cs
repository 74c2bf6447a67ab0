using System.Text.Json.Nodes;
using Temporalio.Server.Tests.Tables;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Schedules;

/// <summary>What waits in a schedule's buffer, beyond what was recorded.</summary>
public sealed class ScheduleBufferTests
{
    [Fact]
    public void Trigger_BehindStartsForWhichNoActionIsLeft_StartsAtOnce()
    {
        var actions = SimulatedRun.Do(1, async (_, invoker, time) =>
        {
            var server = new TableServer(invoker);
            await server.CallAsync("CreateSchedule", new JsonObject
            {
                ["namespace"] = "default",
                ["scheduleId"] = "s",
                ["requestId"] = "r",
                ["schedule"] = new JsonObject
                {
                    ["spec"] = new JsonObject { ["interval"] = new JsonArray(new JsonObject { ["interval"] = "10s" }) },
                    ["action"] = new JsonObject { ["startWorkflow"] = new JsonObject { ["workflowId"] = "w", ["workflowType"] = Named("W"), ["taskQueue"] = Named("q") } },
                    ["policies"] = new JsonObject { ["overlapPolicy"] = "SCHEDULE_OVERLAP_POLICY_BUFFER_ALL" },
                    ["state"] = new JsonObject { ["limitedActions"] = true, ["remainingActions"] = "2" },
                },
            });

            // The first runs, and more starts wait than there are actions left.
            await Task.Delay(TimeSpan.FromSeconds(45), time);
            await server.CallAsync("PatchSchedule", new JsonObject
            {
                ["namespace"] = "default",
                ["scheduleId"] = "s",
                ["requestId"] = "p",
                ["patch"] = new JsonObject { ["triggerImmediately"] = new JsonObject { ["overlapPolicy"] = "SCHEDULE_OVERLAP_POLICY_BUFFER_ALL" } },
            });
            for (var i = 0; i < 2; i++)
            {
                var running = (await DescribeAsync(server))["runningWorkflows"]![0]!;
                await server.CallAsync("TerminateWorkflowExecution", new JsonObject { ["namespace"] = "default", ["workflowExecution"] = running.DeepClone() });
                await Task.Delay(TimeSpan.FromSeconds(1), time);
            }

            return (await DescribeAsync(server))["recentActions"]!.AsArray();
        });
        Assert.Equal(3, actions.Count);
    }

    private static async Task<JsonObject> DescribeAsync(TableServer server) =>
        (await server.CallAsync("DescribeSchedule", new JsonObject { ["namespace"] = "default", ["scheduleId"] = "s" }))["info"]!.AsObject();

    private static JsonObject Named(string name) => new() { ["name"] = name };
}
