using System.Buffers.Text;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Auth;

/// <summary>A public key of an identity provider.</summary>
internal abstract record SigningKey
{
    private SigningKey()
    {
    }

    public sealed record Rsa(RSAParameters Parameters) : SigningKey;

    public sealed record Ecdsa(ECParameters Parameters) : SigningKey;
}

/// <summary>The keys that the configured authority publishes: read by discovery, kept for an hour, read anew for an id that is not among them, once a minute at most.</summary>
internal sealed partial class SigningKeys(IOptions<AuthOptions> options, TimeProvider time, ILogger<SigningKeys> logger) : IDisposable
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = s_timeout });
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Known _known = new([], DateTimeOffset.MinValue);

    /// <summary>The key of this id, or the only one where a token names none; null where there is none.</summary>
    public async Task<SigningKey?> FindAsync(string? id, CancellationToken cancellationToken)
    {
        var known = _known;
        if (known.Find(id) is { } key && time.GetUtcNow() - known.ReadAt < s_lifetime)
        {
            return key;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() - _known.ReadAt >= s_pause)
            {
                _known = new Known(await ReadAsync(cancellationToken) ?? _known.Keys, time.GetUtcNow());
            }
        }
        finally
        {
            _gate.Release();
        }

        return _known.Find(id);
    }

    public void Dispose()
    {
        _http.Dispose();
        _gate.Dispose();
    }

    private async Task<Dictionary<string, SigningKey>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Jwt.Authority is not { Length: > 0 } authority)
        {
            return null;
        }

        using var timeout = new CancellationTokenSource(s_timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var configuration = await GetAsync($"{authority.TrimEnd('/')}/.well-known/openid-configuration", linked.Token);
            var set = await GetAsync(configuration.GetProperty("jwks_uri").GetString()!, linked.Token);
            var keys = new Dictionary<string, SigningKey>(StringComparer.Ordinal);
            foreach (var item in set.GetProperty("keys").EnumerateArray())
            {
                if (KeyOf(item) is { } key)
                {
                    keys[item.TryGetProperty("kid", out var id) ? id.GetString()! : ""] = key;
                }
            }

            return keys;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogUnread(e, authority);
            return null;
        }
    }

    private async Task<JsonElement> GetAsync(string url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var answer = await _http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        return document.RootElement.Clone();
    }

    private static SigningKey? KeyOf(JsonElement key) => (key.GetProperty("kty").GetString(), key.TryGetProperty("crv", out var curve) ? curve.GetString() : null) switch
    {
        ("RSA", _) => new SigningKey.Rsa(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") }),
        ("EC", "P-256") => new SigningKey.Ecdsa(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } }),
        _ => null,
    };

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());

    [LoggerMessage(LogLevel.Warning, "The keys of {Authority} could not be read; those that are known stay in use.")]
    private partial void LogUnread(Exception exception, string authority);

    private sealed record Known(Dictionary<string, SigningKey> Keys, DateTimeOffset ReadAt)
    {
        public SigningKey? Find(string? id) => id is null ? (Keys.Count == 1 ? Keys.Values.First() : null) : Keys.GetValueOrDefault(id);
    }
}
