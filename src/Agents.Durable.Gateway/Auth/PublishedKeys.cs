using System.Net.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Agents.Durable.Gateway.Auth;

/// <summary>
/// The keys that the configured authority publishes: read by discovery when the first token comes, again every hour, and for a token whose key is not among them.
/// The library's own manager reads anew behind the back of the token that asks for it, which is refused meanwhile; here it waits.
/// </summary>
internal sealed partial class PublishedKeys(IOptions<AuthOptions> options, TimeProvider time, ILogger<PublishedKeys> logger) : IDisposable
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);

    /// <summary>How soon it is read again: tokens with invented keys come as often as somebody likes.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = s_timeout };
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Known _known = new([], DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    /// <summary>The keys; none where the authority could not be reached yet, or there is none.</summary>
    public async ValueTask<IReadOnlyCollection<SecurityKey>> GetAsync(CancellationToken cancellationToken) =>
        time.GetUtcNow() < _known.FreshUntil ? _known.Keys : await ReadAsync(cancellationToken);

    /// <summary>The keys as they are now, unless they were read a moment ago; those that are known where they cannot be read.</summary>
    public async Task<IReadOnlyCollection<SecurityKey>> ReadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (options.Value.Jwt.Authority is { Length: > 0 } authority && time.GetUtcNow() >= _known.NextRead)
            {
                _known = await DiscoverAsync(authority, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }

        return _known.Keys;
    }

    public void Dispose()
    {
        _http.Dispose();
        _gate.Dispose();
    }

    private async Task<Known> DiscoverAsync(string authority, CancellationToken cancellationToken)
    {
        try
        {
            var retriever = new HttpDocumentRetriever(_http) { RequireHttps = authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase) };
            var read = await OpenIdConnectConfigurationRetriever.GetAsync($"{authority.TrimEnd('/')}/.well-known/openid-configuration", retriever, cancellationToken);
            var now = time.GetUtcNow();
            return new Known([.. read.SigningKeys], now + s_lifetime, now + s_pause);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogUnread(e, authority);
            return _known with { NextRead = time.GetUtcNow() + s_pauseAfterFailure };
        }
    }

    [LoggerMessage(LogLevel.Warning, "The keys of {Authority} could not be read; those that are known stay in use.")]
    private partial void LogUnread(Exception exception, string authority);

    private sealed record Known(IReadOnlyCollection<SecurityKey> Keys, DateTimeOffset FreshUntil, DateTimeOffset NextRead);
}
