using Agents.Durable.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Agents.Durable.Gateway.Auth;

/// <summary>Bearer tokens: signed by the shared secret or a key that the authority publishes, of the right issuer and audience, and not expired.</summary>
internal sealed partial class JwtTokens
{
    private const int LongestToken = 16 << 10;

    /// <summary>How far clocks may be apart.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(1);

    private static readonly string[] s_shared = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512];

    private static readonly string[] s_ofAuthorities =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler _handler = new();
    private readonly JwtOptions _options;
    private readonly PublishedKeys _published;
    private readonly TimeProvider _time;
    private readonly ILogger<JwtTokens> _logger;
    private readonly TokenValidationParameters? _rules;

    public JwtTokens(IOptions<AuthOptions> options, PublishedKeys published, TimeProvider time, ILogger<JwtTokens> logger)
    {
        (_options, _published, _time, _logger) = (options.Value.Jwt, published, time, logger);
        _rules = _options.IsOn ? Rules() : null;
    }

    /// <summary>Whom a token names; null where it is none, or not a valid one.</summary>
    public async Task<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (_rules is null || token.Length > LongestToken || !_handler.CanReadToken(token))
        {
            return null;
        }

        var result = await ValidateAsync(token, await _published.GetAsync(cancellationToken));
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            result = await ValidateAsync(token, await _published.ReadAsync(cancellationToken));
        }

        if (!result.IsValid)
        {
            LogRefused(result.Exception.Message);
            return null;
        }

        var jwt = (JsonWebToken)result.SecurityToken;
        var roles = jwt.Claims.Where(claim => claim.Type == _options.RolesClaim).Select(claim => claim.Value).ToList();
        return jwt.TryGetPayloadValue<string>(_options.OwnerClaim, out var owner) && owner is { Length: > 0 }
            ? new Caller(new OwnerId(owner), null)
            {
                IsOperator = roles.Contains(AccessKeyRoles.Operator),
                EnrolsOnly = roles is [AccessKeyRoles.Enrol],
            }
            : null;
    }

    private Task<TokenValidationResult> ValidateAsync(string token, IReadOnlyCollection<SecurityKey> published)
    {
        var rules = _rules!.Clone();
        rules.IssuerSigningKeys = published;
        return _handler.ValidateTokenAsync(token, rules);
    }

    private TokenValidationParameters Rules()
    {
        var issuer = (_options.Issuer ?? _options.Authority)?.TrimEnd('/');
        return new TokenValidationParameters
        {
            ValidAlgorithms = [.. _options.SymmetricKey is { Length: > 0 } ? s_shared : [], .. _options.Authority is { Length: > 0 } ? s_ofAuthorities : []],
            IssuerSigningKey = _options.SymmetricKey is { Length: > 0 } secret ? new SymmetricSecurityKey(Convert.FromBase64String(secret)) : null,
            ValidateIssuer = issuer is not null,
            ValidIssuers = issuer is null ? null : [issuer, issuer + "/"],
            ValidateAudience = _options.Audience is not null,
            ValidAudience = _options.Audience,
            // A token without an end is not accepted.
            LifetimeValidator = (start, end, _, _) =>
            {
                var now = _time.GetUtcNow().UtcDateTime;
                return end is { } last && now - s_skew < last && (start is not { } first || now + s_skew >= first);
            },
        };
    }

    [LoggerMessage(LogLevel.Information, "A token was refused: {Reason}")]
    private partial void LogRefused(string reason);
}
