using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Calls over HTTP, as a client makes them.</summary>
internal sealed class GatewayCalls : IDisposable
{
    private const int LargeBody = 1 << 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private readonly HttpClient _http;

    public GatewayCalls(Uri address, string? key = null, string? agentKey = null)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = GatewayServer.Limit };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        if (agentKey is not null)
        {
            _http.DefaultRequestHeaders.Add("x-agent-api-key", agentKey);
        }
    }

    public async Task<(int Status, JsonElement Body)> SendAsync(string method, string path, string? json = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        // A server that refuses a large body says so before it is sent.
        request.Headers.ExpectContinue = json?.Length > LargeBody;
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Opens a stream, and leaves it at once: its status.</summary>
    public async Task<int> BeginAsync(string path)
    {
        using var answer = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    /// <summary>A JSON-RPC call that is answered in lines, which the caller reads.</summary>
    public async Task<StreamReader> LinesAsync(string agent, string method, string parameters)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/agents/name/{agent}/rpc");
        request.Content = new StringContent($$"""{"jsonrpc":"2.0","id":7,"method":"{{method}}","params":{{parameters}}}""", Encoding.UTF8, "application/json");
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>All that a stream holds of a task that is over.</summary>
    public async Task<string> TextAsync(string path, long lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Last-Event-ID", $"{lastEventId}");
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A call that must succeed.</summary>
    public async Task<JsonElement> OkAsync(string method, string path, string? json = null)
    {
        var (status, body) = await SendAsync(method, path, json);
        Assert.True(status == 200, $"{method} {path}: {status} {body}");
        return body;
    }

    /// <summary>A JSON-RPC call of an agent by name.</summary>
    public async Task<JsonElement> RpcAsync(string agent, string method, string parameters, string? idempotencyKey = null) =>
        (await SendAsync("POST", $"/agents/name/{agent}/rpc", $$"""{"jsonrpc":"2.0","id":7,"method":"{{method}}","params":{{parameters}}}""", idempotencyKey)).Body;

    /// <summary>A declarative agent of a fresh name.</summary>
    public async Task<string> DefineAsync(string prefix = "react")
    {
        var name = $"{prefix}-{Guid.NewGuid():N}";
        await OkAsync("PUT", $"/agents/name/{name}/definition", """{"description":"d","instructions":"Be brief.","model":{"provider":"scripted","name":"s","parameters":{"script":[{"text":"Hi."}]}},"tools":[],"limits":{}}""");
        return name;
    }

    /// <summary>A task of this agent: its id.</summary>
    public async Task<string> CreateTaskAsync(string agent, string parameters = "{}") =>
        (await RpcAsync(agent, "task/create", parameters)).GetProperty("result").GetProperty("id").GetString()!;

    /// <summary>A text for a task.</summary>
    public Task<JsonElement> SendEventAsync(string agent, string task, string text, string? idempotencyKey = null) =>
        RpcAsync(agent, "event/send", $$$"""{"task_id":"{{{task}}}","content":{"type":"text","author":"user","content":"{{{text}}}"}}""", idempotencyKey);

    /// <summary>Waits until something holds that happens behind the calls.</summary>
    public static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    /// <inheritdoc cref="UntilAsync(Func{bool})"/>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(GatewayServer.Limit);
        while (!await holds())
        {
            await Task.Delay(s_pause, TimeProvider.System, late.Token);
        }
    }

    public void Dispose() => _http.Dispose();
}
