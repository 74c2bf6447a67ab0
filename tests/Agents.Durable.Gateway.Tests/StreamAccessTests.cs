namespace Agents.Durable.Gateway.Tests;

/// <summary>Keys and tokens of viewers, of which browsers send none but in the address.</summary>
public sealed class StreamAccessTests(KeyedServer server) : IClassFixture<KeyedServer>
{
    private const string Negotiate = "/hubs/tasks/negotiate?negotiateVersion=1";

    [Fact]
    public async Task Open_KeyInTheQuery_IsTaken()
    {
        using var alice = server.As(KeyedServer.Alice);
        using var page = server.As(null);
        var task = await alice.CreateTaskAsync(await alice.DefineAsync());
        var token = KeyedServer.Token("alice", TimeSpan.FromHours(1));

        Assert.Equal(200, (await page.SendAsync("POST", $"{Negotiate}&access_token={KeyedServer.Alice}")).Status);
        Assert.Equal(200, (await page.SendAsync("POST", $"{Negotiate}&access_token={token}")).Status);
        Assert.Equal(200, await page.BeginAsync($"/tasks/{task}/stream?access_token={token}"));
    }

    [Fact]
    public async Task Open_WithoutValidKey_Is401()
    {
        using var page = server.As(null);

        Assert.Equal(401, (await page.SendAsync("POST", Negotiate)).Status);
        Assert.Equal(401, (await page.SendAsync("POST", $"{Negotiate}&access_token=wrong")).Status);
        Assert.Equal(401, await page.BeginAsync("/tasks/any/stream?access_token="));
    }

    [Fact]
    public async Task Call_KeyInTheQueryElsewhere_Is401()
    {
        using var page = server.As(null);

        Assert.Equal(401, (await page.SendAsync("GET", $"/agents?access_token={KeyedServer.Alice}")).Status);
    }
}
