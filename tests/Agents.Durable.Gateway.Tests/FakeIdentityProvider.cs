using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Tests;

/// <summary>An identity provider over HTTP: its discovery document, its keys, which may change, and tokens of it, signed without the library that checks them.</summary>
internal sealed class FakeIdentityProvider : IAsyncDisposable
{
    private readonly Dictionary<string, AsymmetricAlgorithm> _keys = [];
    private WebApplication? _app;

    public string Address { get; private set; } = "";

    /// <summary>Whether it drops its callers.</summary>
    public bool IsAway { get; set; }

    /// <summary>How often somebody read its keys.</summary>
    public int Asked { get; private set; }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Use((context, next) =>
        {
            if (!IsAway)
            {
                return next(context);
            }

            context.Abort();
            return Task.CompletedTask;
        });
        _app.MapGet("/.well-known/openid-configuration", () => Results.Text($$"""{"issuer":"{{Address}}","jwks_uri":"{{Address}}/keys"}""", "application/json"));
        _app.MapGet("/keys", () =>
        {
            Asked++;
            return Results.Text($$"""{"keys":[{{string.Join(',', _keys.Select(key => Published(key.Key, key.Value)))}}]}""", "application/json");
        });
        await _app.StartAsync();
        Address = GatewayServer.AddressOf(_app).ToString().TrimEnd('/');
    }

    public void AddRsa(string id) => _keys[id] = RSA.Create(2048);

    public void AddEcdsa(string id) => _keys[id] = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The key as text, as somebody has it who would use it for what it is not.</summary>
    public byte[] PublicBytes(string id) => Encoding.ASCII.GetBytes(((RSA)_keys[id]).ExportSubjectPublicKeyInfoPem());

    /// <summary>A token that one of the keys signs.</summary>
    public string Token(string keyId, string claims)
    {
        var text = Text(_keys[keyId] is RSA ? "RS256" : "ES256", keyId, claims);
        var bytes = Encoding.ASCII.GetBytes(text);
        var signature = _keys[keyId] switch
        {
            RSA rsa => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            ECDsa ecdsa => ecdsa.SignData(bytes, HashAlgorithmName.SHA256),
            var other => throw new InvalidOperationException(other.GetType().Name),
        };
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>A token signed with a shared secret, whichever that is.</summary>
    public static string SharedToken(string keyId, byte[] secret, string claims)
    {
        var text = Text("HS256", keyId, claims);
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }

        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }

    private static string Text(string algorithm, string keyId, string claims) => $"{Part($$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"{{keyId}}"}""")}.{Part(claims)}";

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string Published(string id, AsymmetricAlgorithm key)
    {
        if (key is RSA rsa)
        {
            var parameters = rsa.ExportParameters(false);
            return $$"""{"kty":"RSA","use":"sig","kid":"{{id}}","n":"{{Base64Url.EncodeToString(parameters.Modulus)}}","e":"{{Base64Url.EncodeToString(parameters.Exponent)}}"}""";
        }

        var point = ((ECDsa)key).ExportParameters(false).Q;
        return $$"""{"kty":"EC","crv":"P-256","kid":"{{id}}","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
    }
}
