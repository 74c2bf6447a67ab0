using System.Security.Cryptography;
using System.Text;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Auth;

/// <summary>
/// The internal keys of agents. A key must be handed out again at every registration and go with every call of the agent, yet not lie anywhere in clear:
/// it is derived from the master key, the agent's id and its version; the database knows its hash.
/// </summary>
internal sealed class AgentKeys(MasterKey master, DataContexts contexts)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Caller> _known = new(StringComparer.Ordinal);

    public async Task<string> KeyOfAsync(AgentRow agent, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(await master.GetAsync(cancellationToken), Encoding.UTF8.GetBytes($"agent:{agent.Id}:{agent.KeyVersion}")));

    /// <summary>What the database holds of a key.</summary>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The agent that a key belongs to, or null.</summary>
    public async Task<Caller?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        var hash = HashOf(key);
        await using var data = contexts.ForEveryone();
        var row = await data.AgentKeys
            .Where(row => row.KeyHash == hash && row.ApiKeyType == AgentKeyType.Internal)
            .Join(data.Agents, row => row.AgentId, agent => agent.Id, (row, agent) => new { agent.Owner, agent.Id })
            .FirstOrDefaultAsync(cancellationToken);
        return row is null ? null : _known[key] = new Caller(new OwnerId(row.Owner), row.Id);
    }
}
