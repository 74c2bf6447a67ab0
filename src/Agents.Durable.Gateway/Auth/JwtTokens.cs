using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agents.Durable.Data;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Auth;

/// <summary>Bearer tokens: signed, of the right issuer and audience, and not expired. The algorithm must fit the key, never the other way round.</summary>
internal sealed class JwtTokens(IOptions<AuthOptions> options, SigningKeys keys, TimeProvider time)
{
    private const int LongestToken = 16 << 10;

    /// <summary>How far clocks may be apart.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(1);

    /// <summary>Whom a token names; null where it is none, or not a valid one.</summary>
    public async Task<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var jwt = options.Value.Jwt;
        if (!jwt.IsOn || token.Length > LongestToken || token.Split('.') is not [var head, var body, var signature] || Parse(head) is not { } header || Parse(body) is not { } claims
            || Bytes(signature) is not { } signed || !await IsSignedAsync(header, Encoding.ASCII.GetBytes($"{head}.{body}"), signed, cancellationToken) || !IsCurrent(claims))
        {
            return null;
        }

        if (((jwt.Issuer ?? jwt.Authority) is { } issuer && Text(claims, "iss")?.TrimEnd('/') != issuer.TrimEnd('/')) || (jwt.Audience is { } audience && !Texts(claims, "aud").Contains(audience)))
        {
            return null;
        }

        var roles = Texts(claims, jwt.RolesClaim).ToList();
        return Text(claims, jwt.OwnerClaim) is { Length: > 0 } owner
            ? new Caller(new OwnerId(owner), null)
            {
                IsOperator = roles.Contains(AccessKeyRoles.Operator),
                EnrolsOnly = roles is [AccessKeyRoles.Enrol],
            }
            : null;
    }

    private async Task<bool> IsSignedAsync(JsonElement header, byte[] text, byte[] signature, CancellationToken cancellationToken)
    {
        switch (Text(header, "alg"))
        {
            case "HS256" when options.Value.Jwt.SymmetricKey is { Length: > 0 } secret:
                return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(Convert.FromBase64String(secret), text), signature);
            case "RS256" when await keys.FindAsync(Text(header, "kid"), cancellationToken) is SigningKey.Rsa key:
                using (var rsa = RSA.Create(key.Parameters))
                {
                    return rsa.VerifyData(text, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                }

            case "ES256" when await keys.FindAsync(Text(header, "kid"), cancellationToken) is SigningKey.Ecdsa key:
                using (var ecdsa = ECDsa.Create(key.Parameters))
                {
                    return ecdsa.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
                }

            default:
                return false;
        }
    }

    // A token without an end is not accepted.
    private bool IsCurrent(JsonElement claims)
    {
        var now = time.GetUtcNow();
        return Seconds(claims, "exp") is { } end && now < end + s_skew && (Seconds(claims, "nbf") is not { } start || now >= start - s_skew);
    }

    private static DateTimeOffset? Seconds(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && Math.Abs(seconds) < 1e11
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    private static string? Text(JsonElement value, string name) => value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static IEnumerable<string> Texts(JsonElement value, string name) => !value.TryGetProperty(name, out var found) ? [] : found.ValueKind switch
    {
        JsonValueKind.String => [found.GetString()!],
        JsonValueKind.Array => found.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!),
        _ => [],
    };

    private static JsonElement? Parse(string part)
    {
        if (Bytes(part) is not { } bytes)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[]? Bytes(string part) => Base64Url.IsValid(part) ? Base64Url.DecodeFromChars(part) : null;
}
