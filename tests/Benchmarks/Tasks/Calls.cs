using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agents.Durable.Benchmarks.Tasks;

/// <summary>The calls of a client of the gateway.</summary>
internal sealed class Calls(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>An agent whose scripted model says these deltas in every turn.</summary>
    public async Task DefineAsync(string agent, IReadOnlyList<string> deltas)
    {
        // A script is taken by the number of model messages so far; the last turn of it repeats.
        var definition = new JsonObject
        {
            ["description"] = "benchmark",
            ["instructions"] = "Answer.",
            ["model"] = new JsonObject
            {
                ["provider"] = "scripted",
                ["name"] = "script",
                ["parameters"] = new JsonObject { ["script"] = new JsonArray([.. Enumerable.Range(0, 64).Select(_ => new JsonObject { ["deltas"] = new JsonArray([.. deltas.Select(delta => (JsonNode)delta)]) })]) },
            },
        };
        using var answer = await _http.PutAsJsonAsync($"/agents/name/{agent}/definition", definition);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        }
    }

    /// <summary>The new task's id.</summary>
    public async Task<string> CreateTaskAsync(string agent) => (await RpcAsync(agent, "task/create", new JsonObject { ["params"] = new JsonObject() })).GetProperty("id").GetString()!;

    public Task SendEventAsync(string agent, string task, string text) => RpcAsync(agent, "event/send", new JsonObject
    {
        ["task_id"] = task,
        ["content"] = new JsonObject { ["type"] = "text", ["author"] = "user", ["content"] = text },
    });

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> RpcAsync(string agent, string method, JsonObject parameters)
    {
        var call = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters };
        using var answer = await _http.PostAsJsonAsync($"/agents/name/{agent}/rpc", call);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return body.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object
            ? result
            : throw new InvalidOperationException($"{method} answered {(int)answer.StatusCode} {body}");
    }
}
