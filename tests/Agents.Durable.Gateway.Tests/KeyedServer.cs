using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;

namespace Agents.Durable.Gateway.Tests;

/// <summary>A gateway that wants keys, with two owners.</summary>
public sealed class KeyedServer(GatewayServer shared) : IAsyncLifetime
{
    public const string Alice = "alice-key-0123456789";
    public const string Bob = "bob-key-0123456789";
    public const string AliceEnrols = "alice-enrols-0123456789";

    private static readonly byte[] s_secret = RandomNumberGenerator.GetBytes(32);
    private WebApplication? _app;

    public Uri Address { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await shared.StartAsync(options =>
        {
            options.MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
            options.Keys.Add(new() { Key = Alice, Owner = "alice", Roles = { "operator" } });
            options.Keys.Add(new() { Key = Bob, Owner = "bob" });
            options.Keys.Add(new() { Key = AliceEnrols, Owner = "alice", Roles = { "enrol" } });
            options.Jwt.SymmetricKey = Convert.ToBase64String(s_secret);
            options.Jwt.Issuer = "https://issuer.test";
            options.Jwt.Audience = "agents";
        });
        Address = GatewayServer.AddressOf(_app);
    }

    /// <summary>Where agents write with Redis commands.</summary>
    public int IntakePort => GatewayServer.IntakePortOf(_app!.Services);

    public IServiceProvider Services => _app!.Services;

    internal GatewayCalls As(string? key) => new(Address, key);

    /// <summary>A token of the issuer, signed with the shared secret.</summary>
    public static string Token(string owner, TimeSpan validFor, string audience = "agents", string algorithm = "HS256")
    {
        var end = TimeProvider.System.GetUtcNow().Add(validFor).ToUnixTimeSeconds();
        var header = Part($$"""{"alg":"{{algorithm}}","typ":"JWT"}""");
        var claims = Part($$"""{"iss":"https://issuer.test","aud":["{{audience}}"],"sub":"{{owner}}","exp":{{end}} }""");
        var text = $"{header}.{claims}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(s_secret, Encoding.ASCII.GetBytes(text)))}";

        static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}
