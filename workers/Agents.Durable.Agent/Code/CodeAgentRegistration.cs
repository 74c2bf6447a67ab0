using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Agent.Code;

/// <summary>Makes a code agent known to the gateway when its program starts; a gateway that is not there yet is waited for.</summary>
internal sealed partial class CodeAgentRegistration(
    CodeAgentEntry agent, IHttpClientFactory clients, IOptions<CodeAgentOptions> options, TimeProvider time, ILogger<CodeAgentRegistration> logger) : BackgroundService
{
    public const string HttpClientName = "code-agents";

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <exception cref="InvalidOperationException">The gateway refuses the agent, which no waiting changes; the program ends with its reason.</exception>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryAsync(stoppingToken))
        {
            await Task.Delay(s_pause, time, stoppingToken);
        }
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(HttpClientName);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(options.Value.Gateway, $"/agents/name/{agent.Name}/definition"))
        {
            Content = JsonContent.Create(agent.Definition, options: s_json),
        };
        if (options.Value.ApiKey is { Length: > 0 } key)
        {
            request.Headers.Add("x-api-key", key);
        }

        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                LogRegistered(agent.Name, options.Value.Gateway);
                return true;
            }

            var reason = await response.Content.ReadAsStringAsync(cancellationToken);
            if ((int)response.StatusCode is >= 400 and < 500 and not 408 and not 429)
            {
                throw new InvalidOperationException($"The gateway at {options.Value.Gateway} refuses agent {agent.Name}: {(int)response.StatusCode} {reason}");
            }

            LogWaiting(agent.Name, options.Value.Gateway, $"{(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The client's own time-out is a cancellation.
            LogWaiting(agent.Name, options.Value.Gateway, e.Message);
        }

        return false;
    }

    [LoggerMessage(LogLevel.Information, "Agent {Agent} is known to the gateway at {Gateway}.")]
    private partial void LogRegistered(string agent, Uri gateway);

    [LoggerMessage(LogLevel.Information, "Agent {Agent} waits for the gateway at {Gateway}: {Reason}")]
    private partial void LogWaiting(string agent, Uri gateway, string reason);
}
