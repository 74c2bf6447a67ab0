using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>On every route an id or name of another owner's gets the very answer that an unknown one gets, and nothing happens to what it names.</summary>
public sealed class ForeignIdTests(KeyedServer server) : IClassFixture<KeyedServer>
{
    private const string Content = """{"type":"text","author":"user","content":"x"}""";
    private const string Start = "2031-01-01T00:00:00Z";

    // What is in braces is replaced by another owner's, then by what nobody has; {mine} is an agent of the caller's.
    private static readonly (string Method, string Path, string? Body)[] s_calls =
    [
        ("GET", "/agents/{agent}", null),
        ("GET", "/agents/name/{agent-name}", null),
        ("GET", "/agents?task_id={task}", null),
        ("DELETE", "/agents/{agent}", null),
        ("DELETE", "/agents/name/{agent-name}", null),
        ("POST", "/agents/{agent}/rpc", """{"method":"task/create","params":{}}"""),
        ("POST", "/agents/name/{agent-name}/rpc", """{"method":"task/create","params":{}}"""),
        ("POST", "/agents/name/{mine}/rpc", $$$"""{"method":"event/send","params":{"task_id":"{task}","content":{{{Content}}}}}"""),
        ("POST", "/agents/name/{mine}/rpc", $$$"""{"method":"event/send","params":{"task_name":"{task-name}","content":{{{Content}}}}}"""),
        ("POST", "/agents/name/{mine}/rpc", """{"method":"task/cancel","params":{"task_id":"{task}"}}"""),
        ("POST", "/agents/name/{mine}/rpc", """{"method":"task/interrupt","params":{"task_name":"{task-name}"}}"""),
        ("GET", "/agents/{agent}/definition", null),
        ("GET", "/tasks/{task}?relationships=agents", null),
        ("GET", "/tasks/name/{task-name}", null),
        ("GET", "/tasks?agent_id={agent}", null),
        ("GET", "/tasks?agent_name={agent-name}", null),
        ("GET", "/tasks/{task}/stream", null),
        ("GET", "/tasks/name/{task-name}/stream", null),
        ("GET", "/tasks/{task}/query/state", null),
        ("PUT", "/tasks/{task}", """{"task_metadata":{"mine":1},"merge_params":{"x":1}}"""),
        ("PUT", "/tasks/name/{task-name}", """{"task_metadata":{"mine":1}}"""),
        ("DELETE", "/tasks/{task}", null),
        ("DELETE", "/tasks/name/{task-name}", null),
        ("POST", "/tasks/{task}/complete", null),
        ("POST", "/tasks/{task}/fail", null),
        ("POST", "/tasks/{task}/cancel", null),
        ("POST", "/tasks/{task}/interrupt", null),
        ("POST", "/tasks/{task}/terminate", null),
        ("POST", "/tasks/{task}/timeout", null),
        ("GET", "/tasks/{task}/export", null),
        ("POST", "/tasks/{task}/clean", """{"force":true}"""),
        ("POST", "/tasks/{task}/rehydrate", $$$"""{"task_id":"{task}","messages":[{"task_id":"{task}","content":{{{Content}}}}]}"""),
        ("POST", "/messages", $$"""{"task_id":"{task}","content":{{Content}}}"""),
        ("POST", "/messages/batch", $$"""{"task_id":"{task}","contents":[{{Content}}]}"""),
        ("PUT", "/messages/batch", $$$"""{"task_id":"{task}","updates":{"{message}":{{{Content}}}}}"""),
        ("PUT", "/messages/{message}", $$"""{"task_id":"{task}","content":{{Content}}}"""),
        ("GET", "/messages/{message}", null),
        ("GET", "/messages?task_id={task}", null),
        ("GET", "/messages?task_id={task}&order_by=content.content", null),
        ("GET", "/messages?task_id={task}&filters=%7B%22content%22:%7B%22type%22:%22text%22%7D%7D", null),
        ("GET", "/messages/paginated?task_id={task}", null),
        ("POST", "/states", """{"task_id":"{task}","agent_id":"{agent}","state":{}}"""),
        ("GET", "/states/{state}", null),
        ("GET", "/states?task_id={task}", null),
        ("PUT", "/states/{state}", """{"state":{"mine":1}}"""),
        ("DELETE", "/states/{state}", null),
        ("GET", "/events/{event}", null),
        ("GET", "/events?task_id={task}&agent_id={agent}", null),
        ("GET", "/dead_letters?task_id={task}", null),
        ("GET", "/dead_letters?agent_id={agent}", null),
        ("GET", "/dead_letters/{event}", null),
        ("POST", "/dead_letters/{event}/redeliver", null),
        ("GET", "/tracker/{tracker}", null),
        ("GET", "/tracker?task_id={task}", null),
        ("PUT", "/tracker/{tracker}", """{"status":"mine"}"""),
        ("GET", "/spans/{span}", null),
        ("GET", "/spans?task_id={task}", null),
        ("PATCH", "/spans/{span}", """{"name":"mine"}"""),
        ("POST", "/spans", $$"""{"trace_id":"t","task_id":"{task}","name":"s","start_time":"{{Start}}"}"""),
        ("GET", "/agent_api_keys/{key}", null),
        ("GET", "/agent_api_keys?agent_id={agent}", null),
        ("GET", "/agent_api_keys/name/one?agent_name={agent-name}", null),
        ("POST", "/agent_api_keys", """{"agent_id":"{agent}","name":"mine"}"""),
        ("POST", "/agent_api_keys/webhook-trigger", """{"agent_name":"{agent-name}","name":"mine","forward_path":"h"}"""),
        ("DELETE", "/agent_api_keys/name/one?agent_id={agent}", null),
        ("DELETE", "/agent_api_keys/{key}", null),
        ("POST", "/agents/{agent}/deployments", """{"docker_image":"i"}"""),
        ("GET", "/agents/{agent}/deployments", null),
        ("GET", "/agents/{agent}/deployments/{deployment}", null),
        ("POST", "/agents/{agent}/deployments/{deployment}/promote", null),
        ("POST", "/agents/{agent}/deployments/{deployment}/rpc", """{"method":"task/create","params":{}}"""),
        ("DELETE", "/agents/{agent}/deployments/{deployment}", null),
        ("GET", "/deployment-history?agent_id={agent}", null),
        ("GET", "/agents/{agent}/schedules", null),
        ("POST", "/agents/{agent}/schedules", """{"name":"s","interval_seconds":60,"initial_input":{"content":"x"}}"""),
        ("POST", "/checkpoints/get-tuple", """{"thread_id":"{task}"}"""),
        ("POST", "/checkpoints/list", """{"thread_id":"{task}"}"""),
        ("POST", "/checkpoints/delete-thread", """{"thread_id":"{task}"}"""),
    ];

    [Fact]
    public async Task Call_ForeignId_IsAnsweredLikeAnUnknownOneAndChangesNothing()
    {
        using var alice = server.As(KeyedServer.Alice);
        using var bob = server.As(KeyedServer.Bob);
        var foreign = await MakeAsync(alice);
        await GiveUpAsync(foreign["event"]);
        var unknown = foreign.ToDictionary(pair => pair.Key, _ => Guid.NewGuid().ToString());
        var mine = await bob.DefineAsync();
        var before = await LookAsync(alice, foreign);

        var differences = new List<string>();
        foreach (var call in s_calls)
        {
            var (theirs, nobodys) = (await AnswerAsync(call, foreign, mine), await AnswerAsync(call, unknown, mine));
            if (theirs != nobodys)
            {
                differences.Add($"{call.Method} {call.Path} {call.Body}\n  of another: {theirs}\n  of nobody:  {nobodys}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Equal(before, await LookAsync(alice, foreign));
    }

    private static async Task<Dictionary<string, string>> MakeAsync(GatewayCalls alice)
    {
        var name = await alice.DefineAsync();
        var agent = Id(await alice.OkAsync("GET", $"/agents/name/{name}"));
        var taskName = $"task-{Guid.NewGuid():N}";
        var task = await alice.CreateTaskAsync(name, $$"""{"name":"{{taskName}}"}""");
        return new()
        {
            ["agent"] = agent,
            ["agent-name"] = name,
            ["task"] = task,
            ["task-name"] = taskName,
            ["message"] = Id(await alice.OkAsync("POST", "/messages", $$"""{"task_id":"{{task}}","content":{{Content}}}""")),
            ["state"] = Id(await alice.OkAsync("POST", "/states", $$$"""{"task_id":"{{{task}}}","agent_id":"{{{agent}}}","state":{"hers":1}}""")),
            ["event"] = Id((await alice.SendEventAsync(name, task, "hers")).GetProperty("result")),
            ["tracker"] = Id((await alice.OkAsync("GET", $"/tracker?task_id={task}"))[0]),
            ["span"] = Id(await alice.OkAsync("POST", "/spans", $$"""{"trace_id":"t","task_id":"{{task}}","name":"hers","start_time":"{{Start}}"}""")),
            ["key"] = Id(await alice.OkAsync("POST", "/agent_api_keys", $$"""{"agent_id":"{{agent}}","name":"one"}""")),
            ["deployment"] = Id(await alice.OkAsync("POST", $"/agents/{agent}/deployments", """{"docker_image":"hers"}""")),
        };

        static string Id(JsonElement of) => of.GetProperty("id").GetString()!;
    }

    /// <summary>All that was made, as its owner sees it.</summary>
    private static async Task<string> LookAsync(GatewayCalls alice, Dictionary<string, string> ids)
    {
        var seen = new StringBuilder();
        foreach (var path in new[]
        {
            "/agents/{agent}", "/tasks/{task}", "/messages?task_id={task}", "/states?task_id={task}", "/events?task_id={task}&agent_id={agent}", "/dead_letters?task_id={task}", "/tracker?task_id={task}", "/spans?task_id={task}",
            "/agent_api_keys?agent_id={agent}", "/agents/{agent}/deployments",
        })
        {
            seen.AppendLine((await alice.OkAsync("GET", Filled(path, ids))).ToString());
        }

        return seen.ToString();
    }

    // So that it is one of those that its owner may have delivered again.
    private async Task GiveUpAsync(string eventId)
    {
        await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand($"UPDATE mailbox SET state = 'dead', settled_at = now() WHERE event_id = '{eventId}'");
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    private async Task<string> AnswerAsync((string Method, string Path, string? Body) call, Dictionary<string, string> ids, string mine)
    {
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = GatewayServer.Limit };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", KeyedServer.Bob);
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), Filled(call.Path, ids).Replace("{mine}", mine, StringComparison.Ordinal));
        if (call.Body is { } body)
        {
            request.Content = new StringContent(Filled(body, ids), Encoding.UTF8, "application/json");
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = new StringBuilder(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        foreach (var (name, id) in ids)
        {
            text.Replace(id, $"<{name}>");
        }

        return $"{(int)answer.StatusCode} {answer.Content.Headers.ContentType} {text}";
    }

    private static string Filled(string text, Dictionary<string, string> ids) => ids.Aggregate(text, (filled, id) => filled.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));
}
