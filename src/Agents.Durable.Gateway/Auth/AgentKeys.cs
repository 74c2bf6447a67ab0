using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Auth;

/// <summary>
/// The internal keys of agents. A key must be handed out again at every registration and go with every call of the agent, yet not lie anywhere in clear:
/// it is derived from the master key, the agent's id and its version; the database knows its hash.
/// </summary>
internal sealed class AgentKeys(MasterKey master, DataContexts contexts, TimeProvider time)
{
    /// <summary>How long a key that was deleted may still be accepted by another process.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    public async Task<string> KeyOfAsync(AgentRow agent, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(await master.GetAsync(cancellationToken), Encoding.UTF8.GetBytes($"agent:{agent.Id}:{agent.KeyVersion}")));

    /// <summary>The agent that a key belongs to, or null.</summary>
    public async Task<Caller?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(key, out var known) && known.Until > time.GetUtcNow())
        {
            return known.Caller;
        }

        var hash = Secrets.HashOf(key);
        await using var data = contexts.ForEveryone();
        var row = await data.AgentKeys
            .Where(row => row.KeyHash == hash && row.ApiKeyType == AgentKeyType.Internal)
            .Join(data.Agents, row => row.AgentId, agent => agent.Id, (row, agent) => new { agent.Owner, agent.Id })
            .FirstOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            _known.TryRemove(key, out _);
            return null;
        }

        var caller = new Caller(new OwnerId(row.Owner), row.Id);
        _known[key] = (caller, time.GetUtcNow() + s_memory);
        return caller;
    }

    public async Task<bool> IsAgentAsync(string id, CancellationToken cancellationToken)
    {
        await using var data = contexts.ForEveryone();
        return await data.Agents.AnyAsync(row => row.Id == id && row.Status != AgentStatus.Deleted, cancellationToken);
    }

    /// <summary>Looks keys up anew, because some were deleted.</summary>
    public void Forget() => _known.Clear();
}
