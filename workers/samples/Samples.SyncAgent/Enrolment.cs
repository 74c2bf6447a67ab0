using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Samples.SyncAgent;

/// <summary>Registers this agent at the gateway once it listens, and keeps the key by which it knows the gateway's calls.</summary>
internal sealed partial class Enrolment(
    IOptions<SyncAgentOptions> options, IServer server, IHttpClientFactory clients, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Enrolment> logger) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private string? _key;

    /// <summary>Whether a call is the gateway's.</summary>
    public bool Knows(string key) => _key is { } mine && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mine), Encoding.UTF8.GetBytes(key));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var started = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(stoppingToken);
        while (!await RegisterAsync(stoppingToken))
        {
            await Task.Delay(s_pause, time, stoppingToken);
        }
    }

    private async Task<bool> RegisterAsync(CancellationToken cancellationToken)
    {
        var agent = options.Value;
        var url = agent.Url ?? server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var body = new
        {
            name = agent.Name,
            description = "Says everything again, louder",
            acp_url = url,
            acp_type = "sync",
            principal_context = agent.EnrolmentToken is { } token ? new { token } : null,
        };
        using var client = clients.CreateClient();
        try
        {
            using var answer = await client.PostAsJsonAsync(new Uri(agent.Gateway, "/agents/register"), body, cancellationToken);
            answer.EnsureSuccessStatusCode();
            var registered = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            _key = registered.GetProperty("agent_api_key").GetString();
            LogRegistered(agent.Name, agent.Gateway, url);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The client's own time-out is a cancellation.
            LogWaiting(agent.Gateway, e.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Agent {Agent} is registered at {Gateway} and called at {Url}.")]
    private partial void LogRegistered(string agent, Uri gateway, string url);

    [LoggerMessage(LogLevel.Information, "The gateway at {Gateway} does not answer yet: {Reason}")]
    private partial void LogWaiting(Uri gateway, string reason);
}
