using System.Globalization;
using System.Text.Json.Nodes;
using Temporalio.Server.Execution;
using Temporalio.Server.Tests.Transcripts;

namespace Temporalio.Server.Tests.Tables;

/// <summary>What a real server 1.32.0 made of one thing after the other.</summary>
public sealed class TableTests
{
    [Fact]
    public void ScheduleTimes_OfEveryRow_AreTheRecordedOnes() => PlaySchedules("schedule-times", "spec", async (server, row, id, created) =>
    {
        if (row["start"] is null || created["error"] is not null)
        {
            return TableServer.Compare(row, created, "times", null);
        }

        var answer = await server.CallAsync("ListScheduleMatchingTimes", new JsonObject
        {
            ["namespace"] = "default", ["scheduleId"] = id, ["startTime"] = row["start"]!.DeepClone(), ["endTime"] = row["end"]!.DeepClone(),
        });
        var times = answer["startTime"]?.AsArray() ?? [];
        var expected = (int?)row["count"] ?? row["times"]?.AsArray().Count ?? 0;
        return TableServer.Compare(row, answer, "times", new JsonArray([.. times.Take(40).Select(t => t!.DeepClone())])) ??
            (row["error"] is null && times.Count != expected ? $"count: expected {expected} got {times.Count}" : null);
    });

    [Fact]
    public void ScheduleCanonical_OfEveryRow_IsTheRecordedOne() => PlaySchedules("schedule-canonical", "sent", async (server, row, id, created) =>
    {
        var answer = created["error"] is null ? await server.CallAsync("DescribeSchedule", new JsonObject { ["namespace"] = "default", ["scheduleId"] = id }) : created;
        return TableServer.Compare(row, answer, "described", answer["schedule"]?["spec"] ?? new JsonObject());
    });

    [Fact]
    public void RetryPolicy_OfEveryRow_IsTheRecordedOne()
    {
        var table = Table.Load("retry-policy");
        table.Check(SimulatedRun.Do(1, async (_, invoker, _) =>
        {
            var server = new TableServer(invoker);
            List<string?> differences = [];
            foreach (var row in table.Rows)
            {
                var (answer, stored) = await StorePolicyAsync(server, row, $"w{differences.Count}");
                differences.Add(TableServer.Compare(row, answer, "stored", stored));
            }

            return differences;
        }));
    }

    [Fact]
    public void CronNext_OfEveryRow_IsTheRecordedOne()
    {
        var table = Table.Load("cron-next");
        table.Check(SimulatedRun.Do(1, async (_, invoker, _) =>
        {
            var server = new TableServer(invoker);
            List<string?> differences = [];
            foreach (var row in table.Rows)
            {
                differences.Add(await NextAsync(server, row, $"c{differences.Count}"));
            }

            return differences;
        }));
    }

    [Fact]
    public void VisibilityQueries_OfEveryRow_FindTheRecordedRuns()
    {
        var table = Table.Load("visibility-queries");
        table.Check(SimulatedRun.Do(1, async (_, invoker, time) =>
        {
            var server = new TableServer(invoker);
            await server.CallAsync("RegisterNamespace", new JsonObject { ["namespace"] = "queried", ["workflowExecutionRetentionPeriod"] = "86400s" });
            await server.CallAsync("AddSearchAttributes", new JsonObject { ["namespace"] = "queried", ["searchAttributes"] = table.Header["attributes"]!.DeepClone() });
            var player = new Player(invoker, new Transcript("setup", new JsonObject { ["ns"] = "queried" }, []), time, "suffix", CancellationToken.None);
            foreach (var step in table.Header["setup"]!.AsArray())
            {
                await player.StepAsync(step!.AsObject());
            }

            List<string?> differences = [];
            foreach (var row in table.Rows)
            {
                differences.Add(await QueryAsync(server, row, player));
            }

            return differences;
        }));
    }

    private static void PlaySchedules(string name, string column, Func<TableServer, JsonObject, string, JsonObject, Task<string?>> play)
    {
        var table = Table.Load(name);
        table.Check(SimulatedRun.Do(1, async (_, invoker, _) =>
        {
            var server = new TableServer(invoker);
            List<string?> differences = [];
            foreach (var row in table.Rows)
            {
                var id = $"s{differences.Count}";
                var created = await server.CallAsync("CreateSchedule", new JsonObject
                {
                    ["namespace"] = "default", ["scheduleId"] = id, ["requestId"] = id,
                    ["schedule"] = new JsonObject
                    {
                        ["spec"] = row[column]!.DeepClone(),
                        ["state"] = new JsonObject { ["paused"] = true },
                        ["action"] = new JsonObject { ["startWorkflow"] = new JsonObject { ["workflowId"] = "w", ["workflowType"] = Named("W"), ["taskQueue"] = Named("q") } },
                    },
                });
                differences.Add(await play(server, row, id, created));
            }

            return differences;
        }));
    }

    private static async Task<(JsonObject Answer, JsonNode? Stored)> StorePolicyAsync(TableServer server, JsonObject row, string id)
    {
        var start = new JsonObject { ["namespace"] = "default", ["workflowId"] = id, ["workflowType"] = Named("W"), ["taskQueue"] = Named(id), ["requestId"] = id };
        var ofActivity = (string?)row["on"] == "activity";
        if (!ofActivity)
        {
            start["retryPolicy"] = row["sent"]?.DeepClone();
        }

        var answer = await server.CallAsync("StartWorkflowExecution", start);
        if (answer["error"] is null && ofActivity)
        {
            var task = await server.CallAsync("PollWorkflowTaskQueue", new JsonObject { ["namespace"] = "default", ["taskQueue"] = Named(id) });
            answer = await server.CallAsync("RespondWorkflowTaskCompleted", new JsonObject
            {
                ["namespace"] = "default", ["taskToken"] = task["taskToken"]!.DeepClone(),
                ["commands"] = new JsonArray(new JsonObject
                {
                    ["commandType"] = "COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK",
                    ["scheduleActivityTaskCommandAttributes"] = new JsonObject
                    {
                        ["activityId"] = "a", ["activityType"] = Named("A"), ["taskQueue"] = Named(id), ["startToCloseTimeout"] = "60s", ["retryPolicy"] = row["sent"]?.DeepClone(),
                    },
                }),
            });
        }

        if (answer["error"] is not null)
        {
            return (answer, null);
        }

        var history = await server.CallAsync("GetWorkflowExecutionHistory", new JsonObject { ["namespace"] = "default", ["execution"] = new JsonObject { ["workflowId"] = id } });
        return (answer, history["history"]!["events"]!.AsArray().Select(e => e![ofActivity ? "activityTaskScheduledEventAttributes" : "workflowExecutionStartedEventAttributes"])
            .OfType<JsonObject>().Single()["retryPolicy"]);
    }

    private static async Task<string?> NextAsync(TableServer server, JsonObject row, string id)
    {
        var cron = (string)row["cron"]!;
        var answer = await server.CallAsync("StartWorkflowExecution", new JsonObject
        {
            ["namespace"] = "default", ["workflowId"] = id, ["workflowType"] = Named("W"), ["taskQueue"] = Named("q"), ["requestId"] = id, ["cronSchedule"] = cron,
        });
        if (row["error"] is not null || answer["error"] is not null)
        {
            return TableServer.Compare(row, answer, "backoff", null);
        }

        // The virtual clock has another date; the function that the start has called has none.
        var start = DateTimeOffset.Parse((string)row["start"]!, CultureInfo.InvariantCulture);
        var expected = row["backoff"] is null ? 0 : double.Parse(((string)row["backoff"]!).TrimEnd('s'), CultureInfo.InvariantCulture);
        var backoff = FirstBackoff.Of(cron, TimeSpan.Zero, start).TotalSeconds;
        return backoff == expected ? null : $"backoff: expected {expected} s got {backoff} s";
    }

    private static async Task<string?> QueryAsync(TableServer server, JsonObject row, Player player)
    {
        if ((string?)row["list"] is { } list)
        {
            var found = await server.CallAsync("ListWorkflowExecutions", new JsonObject { ["namespace"] = "queried", ["query"] = player.Text(list) });
            return TableServer.Compare(row, found, "ids", new JsonArray([.. (found["executions"]?.AsArray() ?? []).Select(e => e!["execution"]!["workflowId"]!.DeepClone())]));
        }

        var counted = await server.CallAsync("CountWorkflowExecutions", new JsonObject { ["namespace"] = "queried", ["query"] = player.Text((string)row["count"]!) });
        var total = int.Parse((string?)counted["count"] ?? "0", CultureInfo.InvariantCulture);
        return TableServer.Compare(row, counted, "total", total) ?? (row["groups"] is JsonArray groups ? Difference.Find(groups, Groups(counted), "groups") : null);
    }

    private static JsonArray Groups(JsonObject counted) => new([.. (counted["groups"]?.AsArray() ?? [])
        .Select(g => new JsonObject
        {
            ["values"] = new JsonArray([.. g!["groupValues"]!.AsArray().Select(v => JsonNode.Parse(Convert.FromBase64String((string)v!["data"]!)))]),
            ["count"] = int.Parse((string)g["count"]!, CultureInfo.InvariantCulture),
        })
        .OrderBy(g => g["values"]!.ToJsonString(), StringComparer.Ordinal)]);

    private static JsonObject Named(string name) => new() { ["name"] = name };
}
