using System.Net.Http;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;

namespace Agents.Durable.Gateway.Acp;

/// <param name="Url">Of the agent's process.</param>
/// <param name="Key">By which the agent knows that it is us.</param>
/// <param name="Attempt">From 2 on it is told to the agent.</param>
internal sealed record AcpTarget(string Url, string Key, ForwardedHeaders Headers, int Attempt = 1)
{
    /// <summary>Called when a connection to the process stands and the call goes over it; again when it goes over another one.</summary>
    public Action? Sending { get; init; }
}

/// <summary>Calls the processes of remote agents. Every method throws <see cref="AcpException"/> for whatever goes wrong at the other side.</summary>
internal sealed class AcpClient(HttpMessageInvoker http, TimeProvider time)
{
    private static readonly TimeSpan s_answerTimeout = TimeSpan.FromSeconds(60);

    // Between two pieces of a streamed answer.
    private static readonly TimeSpan s_readTimeout = TimeSpan.FromSeconds(300);

    /// <summary>One call with one answer: the result, null where the agent sends null. Waits 60 s at most.</summary>
    public async Task<JsonElement?> CallAsync(AcpTarget target, AcpRequest call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(s_answerTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = RequestOf(target, call, "*/*");
            using var answer = await http.SendAsync(request, linked.Token);
            ThrowIfFailed(answer, request.RequestUri!);
            var text = await answer.Content.ReadAsStringAsync(linked.Token);
            var (value, fault) = PythonJson.Parse(text);
            return value is { } json
                ? AcpResponse.ResultOf(json, call.Id)
                : throw new AcpException(AcpFailure.Refused, PythonJson.Describe(text, fault!));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw TransportErrors.TimedOut(s_answerTimeout);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw TransportErrors.Of(e);
        }
    }

    /// <summary>A call that is answered by updates, line by line. Lines that are no JSON are skipped.</summary>
    public async IAsyncEnumerable<TaskMessageUpdate> StreamAsync(AcpTarget target, AcpRequest call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Of one step: the next one sets it anew.
        using var timeout = new CancellationTokenSource(s_readTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        async Task<T> GuardAsync<T>(Task<T> step)
        {
            try
            {
                return await step;
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw TransportErrors.TimedOut(s_readTimeout);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw TransportErrors.Of(e);
            }
        }

        using var request = RequestOf(target, call, "text/event-stream");
        using var answer = await GuardAsync(http.SendAsync(request, linked.Token));
        ThrowIfFailed(answer, request.RequestUri!);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (true)
        {
            timeout.CancelAfter(s_readTimeout);
            if (await GuardAsync(reader.ReadLineAsync(linked.Token).AsTask()) is not { } line)
            {
                yield break;
            }

            if (PythonJson.Parse(line).Value is { } json)
            {
                yield return UpdateOf(AcpResponse.ResultOf(json, call.Id) ?? default);
            }
        }
    }

    private static TaskMessageUpdate UpdateOf(JsonElement result)
    {
        var problems = new Problems();
        var update = UpdateReader.Read(result, problems);
        if (problems.List.Count > 0)
        {
            throw new AcpException(AcpFailure.Refused, PydanticText.Of(result, problems), RpcError.InvalidParams);
        }

        return update ?? throw new AcpException(AcpFailure.Refused, $"Unknown message type: {(result.ValueKind == JsonValueKind.Object && result.TryGetProperty("type", out var type) ? PythonText.Of(type) : "None")}");
    }

    private static HttpRequestMessage RequestOf(AcpTarget target, AcpRequest call, string accept)
    {
        var url = target.Url.TrimEnd('/') + "/api";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw TransportErrors.BadAddress(url);
        }

        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new CallContent(Wire.ToUtf8(call), target.Sending) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("accept", accept);
        request.Headers.TryAddWithoutValidation("x-agent-api-key", target.Key);
        target.Headers.ApplyTo(request);
        if (target.Attempt > 1)
        {
            request.Headers.TryAddWithoutValidation("x-delivery-attempt", $"{target.Attempt}");
        }

        return request;
    }

    private static void ThrowIfFailed(HttpResponseMessage answer, Uri url)
    {
        if (!TransportErrors.IsSuccess(answer.StatusCode))
        {
            throw TransportErrors.Of(answer, url);
        }
    }
}
