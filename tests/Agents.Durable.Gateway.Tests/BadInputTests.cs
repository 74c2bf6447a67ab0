namespace Agents.Durable.Gateway.Tests;

/// <summary>Requests that cannot be served: an answer that names what is wrong, and nothing changed.</summary>
public sealed class BadInputTests(GatewayServer server) : IDisposable
{
    private const int TooMany = 17 << 20;
    private readonly GatewayCalls _calls = new(server.Address);

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"jsonrpc":"2.0"}""")]
    [InlineData("""{"jsonrpc":"1.0","method":"task/create","params":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"task/delete","params":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"task/create","params":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"task/create","params":{},"id":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"event/send","params":{"task_id":"t","content":{"type":"video","author":"user"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"event/send","params":{"task_id":"t","content":{"type":"text","author":"nobody","content":"x"}}}""")]
    public async Task Rpc_MalformedRequest_Is422ThatSaysWhy(string body)
    {
        var agent = await _calls.DefineAsync();

        var (status, answer) = await _calls.SendAsync("POST", $"/agents/name/{agent}/rpc", body);

        Assert.Equal(422, status);
        Assert.Equal(10422, answer.GetProperty("status_code").GetInt32());
        Assert.NotEmpty(answer.GetProperty("message").GetString()!);
        Assert.Empty((await _calls.OkAsync("GET", $"/tasks?agent_name={agent}")).EnumerateArray());
    }

    [Fact]
    public async Task Post_BodyTooLarge_Is413()
    {
        var agent = await _calls.DefineAsync();
        var task = await _calls.CreateTaskAsync(agent);

        var (status, _) = await _calls.SendAsync("POST", "/messages", $$$"""{"task_id":"{{{task}}}","content":{"type":"text","author":"user","content":"{{{new string('x', TooMany)}}}"}}""");

        Assert.Equal(413, status);
        Assert.Empty((await _calls.OkAsync("GET", $"/messages?task_id={task}")).EnumerateArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("a_b")]
    [InlineData("a b")]
    [InlineData("a\\n")]
    public async Task Register_NameOfOtherCharacters_Is422(string name)
    {
        var (status, _) = await _calls.SendAsync("POST", "/agents/register", $$"""{"name":"{{name}}","description":"d","acp_url":"http://127.0.0.1:9","acp_type":"sync"}""");

        Assert.Equal(422, status);
    }

    [Fact]
    public async Task Post_TooDeepJson_Is422()
    {
        var (status, _) = await _calls.SendAsync("POST", "/spans", new string('[', 1000) + new string(']', 1000));

        Assert.Equal(422, status);
    }

    [Theory]
    [InlineData("GET", "/spans?trace_id=a%00b", null)]
    [InlineData("POST", "/spans", """{"trace_id":"a\u0000b","name":"n","start_time":"2031-01-01T00:00:00Z"}""")]
    public async Task Call_TextWithNull_Is400(string method, string path, string? body)
    {
        var (status, answer) = await _calls.SendAsync(method, path, body);

        Assert.Equal(400, status);
        Assert.NotEqual("Internal Server Error", answer.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Post_SpanAfterOneThatTheDatabaseRefused_IsStored()
    {
        // A driver that prepares statements of its own accord takes the next caller's answer for that of the refused one.
        for (var round = 0; round < 10; round++)
        {
            Assert.Equal(400, (await _calls.SendAsync("POST", "/spans", """{"trace_id":"a\u0000b","name":"n","start_time":"2031-01-01T00:00:00Z"}""")).Status);
            await _calls.OkAsync("POST", "/spans", """{"trace_id":"after","name":"n","start_time":"2031-01-01T00:00:00Z"}""");
        }
    }

    [Fact]
    public async Task Post_MessageWithNull_IsStoredWithReplacement()
    {
        var task = await _calls.CreateTaskAsync(await _calls.DefineAsync());

        await _calls.OkAsync("POST", "/messages", $$$"""{"task_id":"{{{task}}}","content":{"type":"text","author":"user","content":"a\u0000b"}}""");

        var stored = (await _calls.OkAsync("GET", $"/messages?task_id={task}")).EnumerateArray().Single();
        Assert.Equal("a\uFFFDb", stored.GetProperty("content").GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("/tasks?limit=x")]
    [InlineData("/tasks?status=DONE")]
    [InlineData("/messages")]
    [InlineData("/events?task_id=t&agent_id=a&limit=0")]
    [InlineData("/spans?page_number=0")]
    public async Task List_InvalidQuery_Is422(string path)
    {
        Assert.Equal(422, (await _calls.SendAsync("GET", path)).Status);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "Not Found")]
    [InlineData("DELETE", "/spans", 405, "Method Not Allowed")]
    public async Task Call_UnknownRoute_SaysSo(string method, string path, int status, string detail)
    {
        var answer = await _calls.SendAsync(method, path);

        Assert.Equal((status, detail), (answer.Status, answer.Body.GetProperty("detail").GetString()));
    }

    public void Dispose() => _calls.Dispose();
}
