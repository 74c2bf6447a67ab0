using System.Net;
using System.Text;
using System.Text.Json;
using Agents.Durable.Data.Effects;

namespace Agents.Durable.Agent.Tools.Http;

/// <summary>
/// Asks an HTTP server. Reading is pure; everything else carries the call's idempotency key in <c>Idempotency-Key</c>, by which the other side can tell
/// a repetition, and so counts as idempotent.
/// </summary>
internal sealed class HttpFetchTool(HttpClient client) : ITool
{
    private const int MostBytes = 256 * 1024;

    public ToolSpec Spec { get; } = new()
    {
        Name = "http_fetch",
        Description = "Sends an HTTP request and answers status, content type and body.",
        Schema = JsonDocument.Parse(
            """
            {"type":"object","properties":{
              "url":{"type":"string","description":"The address, http or https."},
              "method":{"type":"string","enum":["GET","HEAD","POST","PUT","PATCH","DELETE"],"description":"GET when left out."},
              "headers":{"type":"object","additionalProperties":{"type":"string"}},
              "body":{"type":"string","description":"The body, if any; JSON unless a content-type header says otherwise."}
            },"required":["url"]}
            """).RootElement.Clone(),
        Effect = Effect.Idempotent,
    };

    public Effect EffectOf(JsonElement arguments) => MethodOf(arguments) is "GET" or "HEAD" ? Effect.Pure : Effect.Idempotent;

    public async Task<ToolResult> InvokeAsync(ToolCall call, CancellationToken cancellationToken)
    {
        using var request = Request(call);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var body = await ReadAsync(response, cancellationToken);
            return new ToolResult(body, IsError: !response.IsSuccessStatusCode);
        }
        catch (HttpRequestException e) when (e.InnerException is ForbiddenAddressException forbidden)
        {
            throw new ToolException(forbidden.Message, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ToolException($"{request.Method} {request.RequestUri} failed: {e.GetBaseException().Message}", e) { OutcomeUnknown = true };
        }
    }

    private HttpRequestMessage Request(ToolCall call)
    {
        var url = call.Arguments.GetProperty("url").GetString()!;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new ToolException($"'{url}' is no http or https address.");
        }

        var method = MethodOf(call.Arguments);
        var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (call.Arguments.TryGetProperty("body", out var body) && method is not ("GET" or "HEAD"))
        {
            request.Content = new StringContent(body.GetString()!, Encoding.UTF8, "application/json");
        }

        if (call.Arguments.TryGetProperty("headers", out var headers))
        {
            foreach (var header in headers.EnumerateObject())
            {
                Add(request, header.Name, header.Value.GetString()!);
            }
        }

        if (EffectOf(call.Arguments) != Effect.Pure)
        {
            request.Headers.Remove("Idempotency-Key");
            request.Headers.Add("Idempotency-Key", call.IdempotencyKey.Value);
        }

        return request;
    }

    private static void Add(HttpRequestMessage request, string name, string value)
    {
        try
        {
            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }
        catch (FormatException e)
        {
            throw new ToolException($"'{name}' is no header that can be sent: {e.Message}", e);
        }
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostBytes + 1];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var text = EncodingOf(response).GetString(buffer, 0, Math.Min(read, MostBytes));
        var status = response.StatusCode;
        return $"{(int)status} {status}\n{response.Content.Headers.ContentType?.ToString() ?? "no content type"}\n\n{text}{(read > MostBytes ? "\n… cut off" : "")}";
    }

    private static Encoding EncodingOf(HttpResponseMessage response)
    {
        try
        {
            return Encoding.GetEncoding(response.Content.Headers.ContentType?.CharSet?.Trim('"') ?? Encoding.UTF8.WebName);
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }

    private static string MethodOf(JsonElement arguments) =>
        arguments.TryGetProperty("method", out var method) ? method.GetString()! : HttpMethod.Get.Method;
}

/// <summary>A connection to an address that definitions may not reach was refused before it was made.</summary>
internal sealed class ForbiddenAddressException(string message) : IOException(message);

/// <summary>Connects to public addresses only: decided on the address that is really connected to, so that no name can be made to mean another one later.</summary>
internal static class PublicAddresses
{
    public static SocketsHttpHandler Handler(bool allowPrivate) => new()
    {
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = 5,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = async (context, cancellationToken) =>
        {
            var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
            if (!allowPrivate && Array.Find(addresses, address => !IsPublic(address)) is { } forbidden)
            {
                throw new ForbiddenAddressException($"{context.DnsEndPoint.Host} ({forbidden}) is not a public address; this worker does not connect to others.");
            }

            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>The address of the older kind that a gateway would turn this one into; null when it is not of such a kind.</summary>
    private static IPAddress? Embedded(byte[] bytes) => bytes switch
    {
        // NAT64, IPv4-compatible, 6to4.
        [0, 0x64, 0xff, 0x9b, ..] or [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ..] => new IPAddress(bytes.AsSpan(12, 4)),
        [0x20, 0x02, ..] => new IPAddress(bytes.AsSpan(2, 4)),
        _ => null,
    };

    internal static bool IsPublic(IPAddress address)
    {
        var ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(ip) || ip.IsIPv6LinkLocal || ip.IsIPv6UniqueLocal || ip.IsIPv6Multicast || ip.IsIPv6SiteLocal || ip.Equals(IPAddress.IPv6Any))
        {
            return false;
        }

        if (ip.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork)
        {
            return Embedded(ip.GetAddressBytes()) is not { } inner || IsPublic(inner);
        }

        var bytes = ip.GetAddressBytes();
        return bytes switch
        {
            [0 or 10 or 127, ..] => false,
            [100, >= 64 and <= 127, ..] => false,
            [169, 254, ..] => false,
            [172, >= 16 and <= 31, ..] => false,
            [192, 168, ..] => false,
            [192, 0, 0, _] => false,
            [198, 18 or 19, ..] => false,
            [>= 224, ..] => false,
            _ => true,
        };
    }
}
