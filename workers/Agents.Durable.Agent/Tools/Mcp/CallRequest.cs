using System.Net;

namespace Agents.Durable.Agent.Tools.Mcp;

/// <summary>
/// What became of the one HTTP request that carries a call: only this tells a call that the server never took up from one that may have acted. The end of the session
/// does not, because it ends other calls too.
/// </summary>
internal sealed class CallRequest : IDisposable
{
    private static readonly AsyncLocal<CallRequest?> s_current = new();
    private readonly CancellationTokenSource _over = new();
    private Task? _sending;
    private int _begun;
    private volatile bool _unsent;
    private volatile int _status;

    /// <summary>Nobody was there, or the server refused the request as it stood: nothing was done.</summary>
    public bool NotMade => Unsent || _status is >= 400 and < 500;

    /// <summary>Not made for a reason that another session can mend: the server does not know this one, or is starting again. Not every server has the protocol's 404 for that.</summary>
    public bool SessionLost => Unsent || _status is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.BadRequest;

    /// <summary>Another call's refusal may have ended the session before this one had begun.</summary>
    private bool Unsent => _unsent || Volatile.Read(ref _begun) == 0;

    /// <summary>Watches the next POST of this flow of calls.</summary>
    /// <param name="http">False for a call that goes another way, of which nothing is known.</param>
    public static CallRequest Begin(bool http) => s_current.Value = new CallRequest { _begun = http ? 0 : 1 };

    /// <summary>A client whose requests can be watched.</summary>
    /// <param name="patience">With a server that is told of a session's end: nobody else limits that request, and nothing depends on its answer.</param>
    public static HttpClient Client(HttpMessageHandler handler, TimeSpan patience, TimeProvider time) =>
        new(new Watcher(handler, patience, time)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Waits for the server's first word, which the client does not hear any more when another call's refusal has ended its session.</summary>
    public async Task SettleAsync(TimeSpan patience, TimeProvider time)
    {
        if (_sending is { } sending)
        {
            await ((Task)sending.WaitAsync(patience, time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }

    private sealed class Watcher(HttpMessageHandler inner, TimeSpan patience, TimeProvider time) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Delete)
            {
                return EndAsync(request, cancellationToken);
            }

            if (request.Method != HttpMethod.Post || s_current.Value is not { } call || Interlocked.Exchange(ref call._begun, 1) != 0)
            {
                return base.SendAsync(request, cancellationToken);
            }

            var sending = SendAsync(request, call);
            call._sending = sending;
            return sending.WaitAsync(cancellationToken);
        }

        private async Task<HttpResponseMessage> EndAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var timeout = new CancellationTokenSource(patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            return await base.SendAsync(request, either.Token);
        }

        private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CallRequest call)
        {
            try
            {
                var response = await base.SendAsync(request, call._over.Token);
                call._status = (int)response.StatusCode;
                return response;
            }
            catch (HttpRequestException e)
            {
                // Without a connection there was no request.
                call._unsent = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
                throw;
            }
        }
    }
}
