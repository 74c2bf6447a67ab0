using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Tokens of an identity provider whose keys are found by discovery.</summary>
public sealed class IdentityProviderTests(GatewayServer shared) : IAsyncLifetime
{
    private readonly FakeIdentityProvider _provider = new();
    private readonly AdvancedClock _clock = new();
    private WebApplication? _app;

    public async ValueTask InitializeAsync()
    {
        await _provider.StartAsync();
        _provider.AddRsa("first");
        _app = await shared.StartAsync(options =>
        {
            options.MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
            options.Jwt.Authority = _provider.Address;
            options.Jwt.Audience = "agents";
        }, _clock);
    }

    [Fact]
    public async Task Call_TokenOfThePublishedKeys_CountsForItsOwner()
    {
        _provider.AddEcdsa("curve");

        Assert.Equal(200, await StatusAsync(_provider.Token("first", Claims())));
        Assert.Equal(200, await StatusAsync(_provider.Token("curve", Claims())));
    }

    [Fact]
    public async Task Call_KeyPublishedMeanwhile_IsAcceptedAtOnce()
    {
        Assert.Equal(200, await StatusAsync(_provider.Token("first", Claims())));
        _clock.Passed = TimeSpan.FromMinutes(1);

        _provider.AddRsa("second");

        Assert.Equal(200, await StatusAsync(_provider.Token("second", Claims())));
    }

    [Fact]
    public async Task Call_InventedKeys_DoNotAskTheProviderEachTime()
    {
        await using var stranger = new FakeIdentityProvider();
        stranger.AddRsa("invented");
        Assert.Equal(200, await StatusAsync(_provider.Token("first", Claims())));
        var asked = _provider.Asked;

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(401, await StatusAsync(stranger.Token("invented", Claims())));
        }

        Assert.Equal(asked, _provider.Asked);
    }

    [Fact]
    public async Task Call_RolesInTheToken_AreHeld()
    {
        using var operates = Bearing(_provider.Token("first", Claims(more: ""","roles":["operator"]""")));
        using var enrols = Bearing(_provider.Token("first", Claims(more: ""","roles":["enrol"]""")));
        using var uses = Bearing(_provider.Token("first", Claims()));

        Assert.Equal(200, (await operates.SendAsync("GET", "/access_keys")).Status);
        Assert.Equal(403, (await uses.SendAsync("GET", "/access_keys")).Status);
        Assert.Equal(403, (await enrols.SendAsync("GET", "/agents")).Status);
    }

    [Fact]
    public async Task Call_AnythingElse_Is401()
    {
        await using var stranger = new FakeIdentityProvider();
        stranger.AddRsa("first");
        string[] refused =
        [
            _provider.Token("first", Claims(issuer: "https://elsewhere.test")),
            _provider.Token("first", Claims(audience: "others")),
            _provider.Token("first", Claims(lasts: TimeSpan.FromMinutes(-2))),
            _provider.Token("first", Claims(more: $$""","nbf":{{Seconds(TimeSpan.FromMinutes(5))}}""")),
            _provider.Token("first", $$"""{"iss":"{{_provider.Address}}","aud":"agents","sub":"carol"}"""),
            _provider.Token("first", Claims(owner: "")),
            _provider.Token("first", Claims())[..^4] + "AAAA",
            stranger.Token("first", Claims()),
            // The public key, which everybody has, is no shared secret.
            FakeIdentityProvider.SharedToken("first", _provider.PublicBytes("first"), Claims()),
        ];

        for (var i = 0; i < refused.Length; i++)
        {
            Assert.Equal((i, 401), (i, await StatusAsync(refused[i])));
        }
    }

    [Fact]
    public async Task Call_ProviderIsAway_Is401AndServedWhenItIsBack()
    {
        await using var away = new FakeIdentityProvider();
        await away.StartAsync();
        var app = await shared.StartAsync(options =>
        {
            options.MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
            options.Jwt.Authority = away.Address;
        });
        await using var _ = app;
        away.AddRsa("first");
        var token = away.Token("first", Claims(issuer: away.Address));
        away.IsAway = true;
        using var bearer = new GatewayCalls(GatewayServer.AddressOf(app), token);
        Assert.Equal(401, (await bearer.SendAsync("GET", "/agents")).Status);

        away.IsAway = false;

        await GatewayCalls.UntilAsync(async () => (await bearer.SendAsync("GET", "/agents")).Status == 200);
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    private async Task<int> StatusAsync(string token)
    {
        using var bearer = Bearing(token);
        return (await bearer.SendAsync("GET", "/agents")).Status;
    }

    private GatewayCalls Bearing(string token) => new(GatewayServer.AddressOf(_app!), token);

    private static long Seconds(TimeSpan fromNow) => TimeProvider.System.GetUtcNow().Add(fromNow).ToUnixTimeSeconds();

    private string Claims(string owner = "carol", string? issuer = null, string audience = "agents", TimeSpan? lasts = null, string more = "") =>
        $$"""{"iss":"{{issuer ?? _provider.Address}}","aud":"{{audience}}","sub":"{{owner}}","exp":{{Seconds(lasts ?? TimeSpan.FromHours(1))}}{{more}}}""";
}
