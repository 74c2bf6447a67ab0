using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using Agents.Durable.Gateway.Errors;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Retention;

/// <summary>Moves exports to and from storage that a caller has signed URLs of.</summary>
internal sealed class SnapshotTransfer(IOptions<GatewayOptions> options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);
    private readonly HttpMessageInvoker _http = PublicUrls.Client();

    /// <exception cref="GatewayException">The storage was not reached or refused.</exception>
    public Task UploadAsync(Uri url, byte[] content, CancellationToken cancellationToken) => CallAsync(async token =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _http.SendAsync(request, token);
        answer.EnsureSuccessStatusCode();
        return "";
    }, cancellationToken);

    /// <exception cref="GatewayException">The storage was not reached or refused, or what it has is larger than a request may be.</exception>
    public Task<string> DownloadAsync(Uri url, CancellationToken cancellationToken) => CallAsync(async token =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var answer = await _http.SendAsync(request, token);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync(token);
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, token)) > 0;)
        {
            content.Write(buffer, 0, read);
            if (content.Length > options.Value.MaxBodyBytes)
            {
                throw new HttpRequestException("The snapshot is too large.");
            }
        }

        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
    }, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(s_timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await call(linked.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && timeout.IsCancellationRequested))
        {
            throw GatewayException.BadRequest($"The snapshot's storage did not serve the request: {e.Message}");
        }
    }
}
