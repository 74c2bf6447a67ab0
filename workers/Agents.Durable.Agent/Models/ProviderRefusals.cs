using System.Globalization;

namespace Agents.Durable.Agent.Models;

/// <summary>Turns a provider's refusal into a <see cref="ModelException"/> before its package sees it, because the packages drop the delay that the provider asks for.</summary>
internal sealed class ProviderRefusals : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var status = (int)response.StatusCode;
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new ModelException($"The model's provider answered {status.ToString(CultureInfo.InvariantCulture)}: {OneLine(body)}")
            {
                Retryable = status is 408 or 409 or 429 or >= 500,
                RetryAfter = RetryDelay.Read(First(response, "Retry-After"), First(response, "Date")),
                Status = status,
            };
        }
    }

    private static string? First(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>Error pages of proxies can be long; a task's reason should not be.</summary>
    private static string OneLine(string body)
    {
        var text = string.Join(' ', body.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return text.Length <= 500 ? text : text[..500] + "…";
    }
}
