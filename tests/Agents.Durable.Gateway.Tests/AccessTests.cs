namespace Agents.Durable.Gateway.Tests;

/// <summary>Who may do what outside Development: owners see their own rows only, agents prove that they may register, keys can be taken back.</summary>
public sealed class AccessTests(KeyedServer server) : IClassFixture<KeyedServer>
{
    private const string Text = """{"type":"text","author":"user","content":"x"}""";

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("a.b.c")]
    public async Task Call_WithoutValidKey_Is401(string? key)
    {
        using var nobody = server.As(key);

        Assert.Equal(401, (await nobody.SendAsync("GET", "/agents")).Status);
        Assert.Equal(200, (await nobody.SendAsync("GET", "/healthz")).Status);
    }

    [Fact]
    public async Task Read_RowsOfAnotherOwner_AnswersLikeUnknownIds()
    {
        using var alice = server.As(KeyedServer.Alice);
        using var bob = server.As(KeyedServer.Bob);
        var agent = await alice.DefineAsync();
        var agentId = (await alice.OkAsync("GET", $"/agents/name/{agent}")).GetProperty("id").GetString();
        var task = await alice.CreateTaskAsync(agent);
        var message = (await alice.OkAsync("POST", "/messages", $$"""{"task_id":"{{task}}","content":{{Text}}}""")).GetProperty("id").GetString();
        var state = (await alice.OkAsync("POST", "/states", $$$"""{"task_id":"{{{task}}}","agent_id":"{{{agentId}}}","state":{}}""")).GetProperty("id").GetString();

        foreach (var path in new[] { $"/agents/{agentId}", $"/agents/name/{agent}", $"/tasks/{task}", $"/messages/{message}", $"/states/{state}", $"/tasks/{task}/export", $"/tasks/{task}/query/state" })
        {
            Assert.Equal((path, 404), (path, (await bob.SendAsync("GET", path)).Status));
        }

        Assert.Equal(404, (await bob.SendAsync("POST", "/messages", $$"""{"task_id":"{{task}}","content":{{Text}}}""")).Status);
        Assert.Equal(404, (await bob.SendAsync("POST", "/states", $$$"""{"task_id":"{{{task}}}","agent_id":"a","state":{}}""")).Status);
        Assert.Equal(404, (await bob.SendAsync("POST", $"/tasks/{task}/complete")).Status);
        Assert.Equal(404, (await bob.SendAsync("PUT", $"/tasks/{task}", """{"task_metadata":{"mine":1}}""")).Status);
        Assert.Equal(404, (await bob.SendAsync("DELETE", $"/tasks/{task}")).Status);
        Assert.Empty((await bob.OkAsync("GET", $"/messages?task_id={task}")).EnumerateArray());
        Assert.DoesNotContain((await bob.OkAsync("GET", "/tasks?limit=1000")).EnumerateArray(), row => row.GetProperty("id").GetString() == task);
        var refused = await bob.SendAsync("POST", $"/agents/{agentId}/rpc", """{"jsonrpc":"2.0","method":"task/create","params":{}}""");
        Assert.Equal($"Item with id '{agentId}' does not exist.", refused.Body.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("RUNNING", (await alice.OkAsync("GET", $"/tasks/{task}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Define_NameOfAnotherOwnersAgent_IsAnAgentOfItsOwn()
    {
        using var alice = server.As(KeyedServer.Alice);
        using var bob = server.As(KeyedServer.Bob);
        var name = await alice.DefineAsync();

        await bob.OkAsync("PUT", $"/agents/name/{name}/definition", """{"description":"bob's","instructions":"","model":{"provider":"scripted","name":"s","parameters":{"script":[{"text":"Hi."}]}},"tools":[],"limits":{}}""");

        Assert.Equal("d", (await alice.OkAsync("GET", $"/agents/name/{name}")).GetProperty("description").GetString());
    }

    [Fact]
    public async Task Register_WithoutProof_Is401AndTellsNoKey()
    {
        using var nobody = server.As(null);

        var (status, body) = await nobody.SendAsync("POST", "/agents/register", Registration($"a-{Guid.NewGuid():N}"));

        Assert.Equal(401, status);
        Assert.False(body.TryGetProperty("agent_api_key", out _));
    }

    [Fact]
    public async Task Register_TokenInPrincipalContext_GivesAKeyThatWorks()
    {
        using var nobody = server.As(null);
        var (status, agent) = await nobody.SendAsync("POST", "/agents/register", Registration($"a-{Guid.NewGuid():N}", $$"""{"token":"{{KeyedServer.AliceEnrols}}"}"""));
        Assert.Equal(200, status);

        using var itself = new GatewayCalls(server.Address, agentKey: agent.GetProperty("agent_api_key").GetString());

        Assert.Equal(200, (await itself.SendAsync("GET", $"/agents/{agent.GetProperty("id").GetString()}")).Status);
        Assert.Equal(403, (await itself.SendAsync("POST", "/agents/register", Registration($"other-{Guid.NewGuid():N}"))).Status);
        Assert.Equal(200, (await itself.SendAsync("POST", "/agents/register", Registration(agent.GetProperty("name").GetString()!))).Status);
    }

    [Fact]
    public async Task Call_EnrolmentKey_RegistersAndNothingElse()
    {
        using var enrols = server.As(KeyedServer.AliceEnrols);

        Assert.Equal(403, (await enrols.SendAsync("GET", "/agents")).Status);
        Assert.Equal(200, (await enrols.SendAsync("POST", "/agents/register", Registration($"a-{Guid.NewGuid():N}"))).Status);
    }

    [Fact]
    public async Task Delete_AgentKey_IsRefusedFromThenOn()
    {
        using var alice = server.As(KeyedServer.Alice);
        var agent = await alice.OkAsync("POST", "/agents/register", Registration($"a-{Guid.NewGuid():N}"));
        var id = agent.GetProperty("id").GetString();
        using var itself = new GatewayCalls(server.Address, agentKey: agent.GetProperty("agent_api_key").GetString());
        Assert.Equal(200, (await itself.SendAsync("GET", $"/agents/{id}")).Status);

        var key = (await alice.OkAsync("GET", $"/agent_api_keys?agent_id={id}")).EnumerateArray().Single().GetProperty("id").GetString();
        await alice.OkAsync("DELETE", $"/agent_api_keys/{key}");

        Assert.Equal(401, (await itself.SendAsync("GET", $"/agents/{id}")).Status);
    }

    [Fact]
    public async Task AccessKeys_MadeByAnOperator_WorkUntilRevoked()
    {
        using var alice = server.As(KeyedServer.Alice);
        var made = await alice.OkAsync("POST", "/access_keys", """{"name":"laptop"}""");
        using var laptop = server.As(made.GetProperty("key").GetString());
        Assert.Equal(200, (await laptop.SendAsync("GET", "/agents")).Status);
        Assert.Equal(403, (await laptop.SendAsync("POST", "/access_keys", """{"name":"more"}""")).Status);
        Assert.DoesNotContain((await alice.OkAsync("GET", "/access_keys")).EnumerateArray(), row => row.TryGetProperty("key", out _));

        await alice.OkAsync("DELETE", $"/access_keys/{made.GetProperty("id").GetString()}");

        Assert.Equal(401, (await laptop.SendAsync("GET", "/agents")).Status);
    }

    [Fact]
    public async Task Call_Token_CountsForItsOwnerWhileValid()
    {
        var hour = TimeSpan.FromHours(1);
        using var valid = server.As(KeyedServer.Token("alice", hour));
        using var expired = server.As(KeyedServer.Token("alice", -hour));
        using var elsewhere = server.As(KeyedServer.Token("alice", hour, audience: "others"));
        using var unsigned = server.As(KeyedServer.Token("alice", hour, algorithm: "none"));
        using var forged = server.As(KeyedServer.Token("alice", hour)[..^2] + "AA");

        Assert.Equal(200, (await valid.SendAsync("GET", "/agents")).Status);
        Assert.Equal(403, (await valid.SendAsync("GET", "/access_keys")).Status);
        foreach (var refused in new[] { expired, elsewhere, unsigned, forged })
        {
            Assert.Equal(401, (await refused.SendAsync("GET", "/agents")).Status);
        }
    }

    private static string Registration(string name, string principal = "null") =>
        $$"""{"name":"{{name}}","description":"d","acp_url":"http://127.0.0.1:9","acp_type":"async","principal_context":{{principal}}}""";
}
