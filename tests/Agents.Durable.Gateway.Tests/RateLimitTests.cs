namespace Agents.Durable.Gateway.Tests;

/// <summary>Callers who call too often, or try keys out.</summary>
public sealed class RateLimitTests(GatewayServer shared)
{
    private const string Key = "limited-key-0123456789";

    [Fact]
    public async Task Call_MoreThanTheBurst_Is429()
    {
        await using var app = await shared.StartAsync(options =>
        {
            options.MasterKey = Convert.ToBase64String(new byte[32]);
            options.Keys.Add(new() { Key = Key, Owner = "limited" });
            options.Burst = 3;
            options.RequestsPerSecond = 1;
        });
        using var calls = new GatewayCalls(GatewayServer.AddressOf(app), Key);
        var statuses = new List<int>();
        for (var call = 0; call < 10; call++)
        {
            statuses.Add((await calls.SendAsync("GET", "/agents?limit=1")).Status);
        }

        Assert.Equal(200, statuses[0]);
        Assert.Contains(429, statuses);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Call_TooManyWrongKeys_IsNotHeardAnyMore()
    {
        await using var app = await shared.StartAsync(options =>
        {
            options.MasterKey = Convert.ToBase64String(new byte[32]);
            options.Keys.Add(new() { Key = Key, Owner = "limited" });
            options.RefusalsPerMinute = 2;
        });
        using var wrong = new GatewayCalls(GatewayServer.AddressOf(app), "wrong");
        using var right = new GatewayCalls(GatewayServer.AddressOf(app), Key);
        Assert.Equal(401, (await wrong.SendAsync("GET", "/agents")).Status);
        Assert.Equal(200, (await right.SendAsync("GET", "/agents")).Status);

        Assert.Equal(401, (await wrong.SendAsync("GET", "/agents")).Status);

        Assert.Equal(429, (await wrong.SendAsync("GET", "/agents")).Status);
        Assert.Equal(429, (await right.SendAsync("GET", "/agents")).Status);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
