using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using Agents.Durable.Gateway.Errors;

namespace Agents.Durable.Gateway.Retention;

/// <summary>
/// Calls of addresses that a caller names. They must be public: this server may reach what its callers may not. What was checked is what is connected to,
/// so a name that resolves differently the second time gains nothing.
/// </summary>
internal static class PublicUrls
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A client that connects to public addresses only and follows no redirects.</summary>
    public static HttpMessageInvoker Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = s_connectTimeout,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
            if (Array.Find(addresses, address => !IsPublic(address)) is { } forbidden)
            {
                throw new HttpRequestException($"The host resolves to a non-public address ({forbidden}).");
            }

            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });

    /// <exception cref="GatewayException">It is not https, cannot be resolved, or resolves to an address that is not public.</exception>
    public static async Task CheckAsync(Uri url, CancellationToken cancellationToken)
    {
        if (url.Scheme != Uri.UriSchemeHttps)
        {
            throw GatewayException.BadRequest($"URL scheme must be 'https'; got '{url.Scheme}'.");
        }

        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(url.IdnHost, cancellationToken);
        }
        catch (SocketException)
        {
            throw GatewayException.BadRequest($"URL '{url.OriginalString}' could not be resolved.");
        }

        if (Array.Find(addresses, address => !IsPublic(address)) is { } forbidden)
        {
            throw GatewayException.BadRequest($"URL '{url.OriginalString}' resolves to a non-public address ({forbidden}); refusing to issue a server-side request.");
        }
    }

    private static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? bytes switch
            {
                [0, ..] or [10, ..] or [127, ..] or [169, 254, ..] or [192, 168, ..] or [>= 224, ..] => false,
                [172, >= 16 and <= 31, ..] or [100, >= 64 and <= 127, ..] or [192, 0, 0, _] or [198, 18 or 19, ..] => false,
                _ => true,
            }
            // Global unicast, without the ranges that carry IPv4 addresses inside (NAT64, 6to4).
            : (bytes[0] & 0xe0) == 0x20 && !(bytes[0] == 0x20 && bytes[1] == 0x02);
    }
}
