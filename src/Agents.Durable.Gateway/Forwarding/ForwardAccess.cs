using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Forwarding;

/// <summary>What becomes of a request that wants to be forwarded.</summary>
internal abstract record ForwardDecision
{
    private ForwardDecision()
    {
    }

    /// <summary>It goes to this agent.</summary>
    public sealed record Pass(AgentRow Agent) : ForwardDecision;

    /// <summary>Slack asks whether this address wants its events; the agent is not called.</summary>
    public sealed record Challenge(string Text) : ForwardDecision;

    public sealed record Refusal(int Status, string Detail) : ForwardDecision;
}

/// <summary>
/// Whether somebody outside may reach an agent: by an external key, or by a webhook's signature with the key that is named after its sender.
/// The caller has no owner; agents of several owners may have the same name, and the key decides among them.
/// </summary>
internal sealed class ForwardAccess(DataContexts contexts, Secrets secrets, TimeProvider time)
{
    private const string SlackTime = "x-slack-request-timestamp";
    private static readonly TimeSpan s_slackPatience = TimeSpan.FromMinutes(5);

    public async Task<ForwardDecision> DecideAsync(HttpRequest request, string agentName, byte[] body, CancellationToken cancellationToken)
    {
        await using var data = contexts.ForEveryone();
        var agents = await data.Agents.AsNoTracking()
            .Where(row => row.Name == agentName && row.AcpUrl != null && row.Status != AgentStatus.Deleted)
            .OrderBy(row => row.Ordinal)
            .ToListAsync(cancellationToken);
        if (agents.Count == 0)
        {
            return new ForwardDecision.Refusal(404, $"Agent {agentName} not found or has no ACP URL.");
        }

        // Slack asks an address before it has a secret.
        if (request.Headers.ContainsKey(SlackTime))
        {
            if (Parse(body) is not { } payload)
            {
                return new ForwardDecision.Refusal(400, "Invalid Slack verification request.");
            }

            if (TextAt(payload, "challenge") is { } challenge)
            {
                return new ForwardDecision.Challenge(challenge);
            }
        }

        if (KeyOf(request) is { } key)
        {
            var hash = Secrets.HashOf(key);
            var rows = await KeysOf(data, agents).Where(row => row.ApiKeyType == AgentKeyType.External && row.KeyHash == hash).ToListAsync(cancellationToken);
            return agents.Find(agent => rows.Exists(row => row.AgentId == agent.Id)) is { } found
                ? new ForwardDecision.Pass(found)
                : new ForwardDecision.Refusal(401, $"Invalid API key for agent ID {agents[0].Id}.");
        }

        if (request.Headers.TryGetValue("x-hub-signature-256", out var github))
        {
            return await GithubAsync(data, agents, github.ToString(), body, cancellationToken);
        }

        return request.Headers.TryGetValue("x-slack-signature", out var slack)
            ? await SlackAsync(data, agents, request, slack.ToString(), body, cancellationToken)
            : new ForwardDecision.Refusal(403, "Missing authentication for forward request.");
    }

    private async Task<ForwardDecision> GithubAsync(DataContext data, List<AgentRow> agents, string signature, byte[] body, CancellationToken cancellationToken)
    {
        if (body.Length == 0)
        {
            return new ForwardDecision.Refusal(400, "Empty payload in GitHub webhook.");
        }

        if (Parse(body) is not { } payload)
        {
            return new ForwardDecision.Refusal(400, "Failed to parse GitHub webhook payload as JSON.");
        }

        if (payload.ValueKind != JsonValueKind.Object || !payload.TryGetProperty("repository", out var repository) || IsNothing(repository))
        {
            return new ForwardDecision.Refusal(400, "GitHub webhook payload missing repository info.");
        }

        if (TextAt(repository, "full_name") is not { } name)
        {
            return new ForwardDecision.Refusal(400, "GitHub webhook payload missing repository name.");
        }

        var rows = await KeysOf(data, agents).Where(row => row.ApiKeyType == AgentKeyType.Github && row.Name == name).ToListAsync(cancellationToken);
        return rows.Count == 0
            ? new ForwardDecision.Refusal(404, $"No API key found for GitHub repository {name}.")
            : await SignerAsync(agents, rows, body, "sha256=", signature, cancellationToken) is { } agent
                ? new ForwardDecision.Pass(agent)
                : new ForwardDecision.Refusal(401, "Invalid GitHub webhook signature");
    }

    private async Task<ForwardDecision> SlackAsync(DataContext data, List<AgentRow> agents, HttpRequest request, string signature, byte[] body, CancellationToken cancellationToken)
    {
        var stamp = request.Headers[SlackTime].ToString();
        if (stamp.Length == 0)
        {
            return new ForwardDecision.Refusal(401, "Missing X-Slack-Request-Timestamp header.");
        }

        if (!long.TryParse(stamp, CultureInfo.InvariantCulture, out var seconds))
        {
            return new ForwardDecision.Refusal(400, "Invalid X-Slack-Request-Timestamp header value.");
        }

        if (Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) > s_slackPatience.TotalSeconds)
        {
            return new ForwardDecision.Refusal(400, "Slack webhook request has bad timestamp.");
        }

        if (body.Length == 0)
        {
            return new ForwardDecision.Refusal(400, "Empty payload in Slack webhook.");
        }

        if (Parse(body) is not { } payload)
        {
            return new ForwardDecision.Refusal(400, "Failed to parse Slack webhook payload as JSON.");
        }

        if (TextAt(payload, "api_app_id") is not { } app)
        {
            return new ForwardDecision.Refusal(400, "Slack webhook payload missing API app ID.");
        }

        var rows = await KeysOf(data, agents).Where(row => row.ApiKeyType == AgentKeyType.Slack && row.Name == app).ToListAsync(cancellationToken);
        if (rows.Count == 0)
        {
            return new ForwardDecision.Refusal(404, $"No API key found for Slack app {app}.");
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"v0:{stamp}:"), .. body];
        if (await SignerAsync(agents, rows, signed, "v0=", signature, cancellationToken) is not { } agent)
        {
            return new ForwardDecision.Refusal(401, "Invalid Slack webhook signature");
        }

        return new ForwardDecision.Pass(agent);
    }

    // The agent whose key made this signature.
    private async Task<AgentRow?> SignerAsync(List<AgentRow> agents, List<AgentKeyRow> rows, byte[] signed, string prefix, string signature, CancellationToken cancellationToken)
    {
        var given = Encoding.UTF8.GetBytes(signature);
        foreach (var row in rows.Where(row => row.Secret is not null))
        {
            var expected = prefix + Convert.ToHexStringLower(HMACSHA256.HashData(await secrets.DecryptAsync(row.Secret!, cancellationToken), signed));
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), given))
            {
                return agents.Find(agent => agent.Id == row.AgentId);
            }
        }

        return null;
    }

    private static IQueryable<AgentKeyRow> KeysOf(DataContext data, List<AgentRow> agents)
    {
        var ids = agents.Select(agent => agent.Id).ToArray();
        return data.AgentKeys.AsNoTracking().Where(row => ids.Contains(row.AgentId));
    }

    private static string? KeyOf(HttpRequest request)
    {
        const string Scheme = "AgentKey ";
        if (request.Headers["x-agent-api-key"].ToString() is { Length: > 0 } key)
        {
            return key;
        }

        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && authorization[Scheme.Length..].Trim() is { Length: > 0 } given ? given : null;
    }

    // As Python has it.
    private static bool IsNothing(JsonElement value) => value.ValueKind is JsonValueKind.Null or JsonValueKind.False
        || (value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any())
        || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0)
        || (value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0);

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TextAt(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } found ? found : null;
}
