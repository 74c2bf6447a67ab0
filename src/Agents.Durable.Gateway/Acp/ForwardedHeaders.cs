using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Agents.Durable.Gateway.Acp;

/// <summary>The headers of a caller that an agent gets to see: <c>x-*</c> but credentials, and the trace.</summary>
internal sealed class ForwardedHeaders
{
    private static readonly HashSet<string> s_blocked = new(StringComparer.OrdinalIgnoreCase)
    {
        "x-api-key", "x-agent-api-key", "x-agent-identity", "x-selected-account-id", "x-request-id", "x-delivery-attempt",
    };

    private static readonly HashSet<string> s_trace = new(StringComparer.OrdinalIgnoreCase) { "traceparent", "tracestate", "baggage" };

    private readonly List<KeyValuePair<string, string[]>> _headers;

    private ForwardedHeaders(List<KeyValuePair<string, string[]>> headers) => _headers = headers;

    /// <summary>For calls that no request asks for.</summary>
    public static ForwardedHeaders None { get; } = new([]);

    public static ForwardedHeaders Of(HttpRequest request) => new(
    [
        .. request.Headers
            .Where(header => Passes(header.Key))
            .Select(header => KeyValuePair.Create(header.Key, header.Value.Select(value => value ?? "").ToArray())),
    ]);

    public void ApplyTo(HttpRequestMessage request)
    {
        foreach (var (name, values) in _headers)
        {
            request.Headers.TryAddWithoutValidation(name, values);
        }

        request.Headers.TryAddWithoutValidation("x-request-id", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    }

    private static bool Passes(string name) => s_trace.Contains(name)
        || (name.StartsWith("x-", StringComparison.OrdinalIgnoreCase) && !s_blocked.Contains(name) && !name.StartsWith("x-acting-", StringComparison.OrdinalIgnoreCase));
}
