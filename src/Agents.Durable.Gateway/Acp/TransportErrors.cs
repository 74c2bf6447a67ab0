using System.Net;
using System.Net.Http;
using System.Net.Sockets;

namespace Agents.Durable.Gateway.Acp;

/// <summary>The texts of failed calls, as Agentex's HTTP client words them.</summary>
internal static class TransportErrors
{
    private const string MoreInformation = "\nFor more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/";

    /// <summary>In our words: Agentex's client has none, so its tasks fail without a reason.</summary>
    public static AcpException TimedOut(TimeSpan limit) => new(AcpFailure.Unreachable, $"The agent did not answer within {limit.TotalSeconds:0} seconds");

    public static AcpException Of(HttpResponseMessage answer, Uri url)
    {
        var status = (int)answer.StatusCode;
        var kind = status switch { >= 500 => "Server error", >= 400 => "Client error", >= 300 => "Redirect response", _ => "Informational response" };
        var redirect = status is >= 300 and < 400 && answer.Headers.Location is { } location ? $"\nRedirect location: '{location.OriginalString}'" : "";
        return new AcpException(
            status >= 500 ? AcpFailure.Unreachable : AcpFailure.Refused,
            $"{kind} '{status} {answer.ReasonPhrase}' for url '{url.OriginalString}'{redirect}{MoreInformation}{status}");
    }

    public static AcpException Of(Exception error) => new(AcpFailure.Unreachable, error switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => "All connection attempts failed",
        HttpRequestException { InnerException: SocketException } => "All connection attempts failed",
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded, InnerException: null or HttpIOException } => "Server disconnected without sending a response.",
        HttpIOException => "peer closed connection without sending complete message body (incomplete chunked read)",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "The secure connection failed",
        IOException => "peer closed connection without sending complete message body (incomplete chunked read)",
        _ => error.Message,
    });

    /// <summary>An address that is none.</summary>
    public static AcpException BadAddress(string url) => new(AcpFailure.Unreachable, url.Contains("://", StringComparison.Ordinal)
        ? "All connection attempts failed"
        : "Request URL is missing an 'http://' or 'https://' protocol.");

    /// <summary>Whether a status is a success for a call.</summary>
    public static bool IsSuccess(HttpStatusCode status) => (int)status is >= 200 and < 300;
}
