namespace Agents.Durable.Gateway.Tests;

/// <summary>In Development anybody on this machine may do anything, but for pages of other sites in a browser here.</summary>
public sealed class BrowserGuardTests(GatewayServer server) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server.Address, Timeout = GatewayServer.Limit };

    [Theory]
    [InlineData("Host", "evil.test", 421)]
    [InlineData("Host", "localhost", 200)]
    [InlineData("Origin", "http://evil.test", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://ui.test", 200)]
    [InlineData("x-agent-api-key", "of nobody", 401)]
    [InlineData("Authorization", "Bearer of-nobody", 200)]
    [InlineData("x-api-key", "of nobody", 200)]
    public async Task Call_FromElsewhere_IsRefusedWhateverItWants(string header, string value, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/agents?limit=1");
        request.Headers.Add(header, value);

        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Preflight_OfAnotherSite_IsRefusedAndOfAnAllowedOneGranted()
    {
        Assert.Equal(400, await PreflightAsync("http://evil.test"));
        Assert.Equal(200, await PreflightAsync("http://ui.test"));
    }

    public void Dispose() => _http.Dispose();

    private async Task<int> PreflightAsync(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/tasks");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
