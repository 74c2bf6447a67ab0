using System.Net.Http;
using Agents.Durable.Data;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Gateway.Agents;

/// <summary>
/// Asks remote agents whether they live. One that fails five times in a row is shown as Unhealthy until it answers or registers again; it is called all the
/// same, because only a call tells whether a call works. Processes on one database share the work.
/// </summary>
internal sealed class AgentProbes(NpgsqlDataSource database, HttpMessageInvoker http, TimeProvider time, ILogger<AgentProbes> logger)
    : PeriodicWork(TimeSpan.FromSeconds(5), time, logger)
{
    private const int AtOnce = 20;
    private const int MostFailures = 5;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>Asks one agent and notes the answer.</summary>
    public async Task ProbeAsync(string agentId, string url, CancellationToken cancellationToken)
    {
        var healthy = await IsHealthyAsync(url, cancellationToken);
        await using var command = database.CreateCommand(healthy
            ? """
              UPDATE agents SET probe_failures = 0, status = CASE WHEN status = 'Unhealthy' THEN 'Ready' ELSE status END,
                  status_reason = CASE WHEN status = 'Unhealthy' THEN 'Agent answers again.' ELSE status_reason END,
                  updated_at = CASE WHEN status = 'Unhealthy' THEN $2 ELSE updated_at END
              WHERE id = $1 AND (probe_failures > 0 OR status = 'Unhealthy')
              """
            : $"""
              UPDATE agents SET probe_failures = probe_failures + 1, status = CASE WHEN status = 'Ready' AND probe_failures + 1 >= {MostFailures} THEN 'Unhealthy' ELSE status END,
                  status_reason = CASE WHEN status = 'Ready' AND probe_failures + 1 >= {MostFailures} THEN 'Agent does not answer.' ELSE status_reason END,
                  updated_at = CASE WHEN status = 'Ready' AND probe_failures + 1 >= {MostFailures} THEN $2 ELSE updated_at END
              WHERE id = $1
              """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = agentId }, Now(TimeSpan.Zero) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Forgets an agent's failures, because it has registered.</summary>
    public async Task ForgetAsync(string agentId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE agents SET probe_failures = 0, probe_due_at = $2 WHERE id = $1");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = agentId }, Now(s_interval) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        while (await ClaimAsync(cancellationToken) is { Count: > 0 } due)
        {
            await Task.WhenAll(due.Select(agent => ProbeAsync(agent.Id, agent.Url, cancellationToken)));
        }
    }

    private async Task<List<(string Id, string Url)>> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            UPDATE agents SET probe_due_at = $2 WHERE id IN (
                SELECT id FROM agents WHERE kind = 'acp' AND acp_url IS NOT NULL AND status IN ('Ready', 'Unhealthy') AND probe_due_at <= $1
                ORDER BY probe_due_at LIMIT {AtOnce} FOR UPDATE SKIP LOCKED)
            RETURNING id, acp_url
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { Now(TimeSpan.Zero), Now(s_interval) });
        var due = new List<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add((reader.GetString(0), reader.GetString(1)));
        }

        return due;
    }

    private async Task<bool> IsHealthyAsync(string url, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(s_timeout, Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{url.TrimEnd('/')}/healthz");
            using var answer = await http.SendAsync(request, linked.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever goes wrong with the address or the connection, there was no answer.
            return false;
        }
    }

    private NpgsqlParameter Now(TimeSpan later) => new() { Value = (Time.GetUtcNow() + later).ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
