namespace Agents.Durable.Gateway.Tests;

/// <summary>Of a request that is wrong in itself and names what is unknown, Agentex says what it would have looked up first.</summary>
public sealed class UnknownFirstTests(GatewayServer server)
{
    [Theory]
    [InlineData("PUT", "/tasks/name/none", """{"task_metadata":1}""", 404)]
    [InlineData("PUT", "/tasks/name/none", null, 404)]
    [InlineData("PUT", "/tasks/name/none", "{", 422)]
    [InlineData("PUT", "/tasks/none", """{"task_metadata":1}""", 422)]
    [InlineData("GET", "/tasks/name/none?relationships=x", null, 404)]
    [InlineData("GET", "/tasks/none?relationships=x", null, 422)]
    [InlineData("PUT", "/states/00000000aabbccddeeff0011", """{"state":1}""", 404)]
    [InlineData("PUT", "/tracker/none", """{"status":1}""", 404)]
    [InlineData("PUT", "/tracker/none", "{", 422)]
    [InlineData("POST", "/agents/name/none/rpc", "{}", 404)]
    [InlineData("POST", "/agents/name/none/rpc", null, 404)]
    [InlineData("POST", "/agents/none/rpc", "{}", 422)]
    public async Task Request_OfWhatIsUnknown_SaysWhatComesFirst(string method, string path, string? body, int status)
    {
        using var calls = new GatewayCalls(server.Address);

        Assert.Equal(status, (await calls.SendAsync(method, path, body)).Status);
    }
}
