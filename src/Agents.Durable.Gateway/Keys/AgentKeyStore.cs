using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agents.Durable.Gateway.Keys;

/// <summary>The keys that callers of an agent show. A key's value is told once, when it is made.</summary>
internal sealed class AgentKeyStore(DataContext data, AgentDirectory agents, AgentKeys known, Secrets secrets, TimeProvider time)
{
    /// <param name="value">Null or nothing makes one.</param>
    /// <exception cref="GatewayException">There is no such agent.</exception>
    /// <exception cref="AgentKeyTakenException">A key of this name and type is there.</exception>
    public async Task<(AgentKeyRow Row, string Value, AgentRow Agent)> AddAsync(AgentKeyword keyword, string name, AgentKeyType type, string? value, CancellationToken cancellationToken)
    {
        var agent = await agents.GetAsync(keyword, cancellationToken);
        var key = string.IsNullOrEmpty(value) ? Secrets.NewKey() : value;
        var row = new AgentKeyRow
        {
            Id = Guid.CreateVersion7().ToString(),
            AgentId = agent.Id,
            Name = name,
            ApiKeyType = type,
            KeyHash = Secrets.HashOf(key),
            Secret = type is AgentKeyType.Github or AgentKeyType.Slack ? await secrets.EncryptAsync(key, cancellationToken) : null,
            CreatedAt = time.GetUtcNow(),
        };
        data.AgentKeys.Add(row);
        try
        {
            await data.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw new AgentKeyTakenException(agent.Id);
        }

        return (row, key, agent);
    }

    /// <exception cref="GatewayException">There is none of this id.</exception>
    public async Task<AgentKeyRow> GetAsync(string id, CancellationToken cancellationToken) =>
        await data.AgentKeys.AsNoTracking().GetAsync(id, cancellationToken);

    /// <exception cref="GatewayException">There is no such agent, or no such key.</exception>
    public async Task<AgentKeyRow> GetAsync(AgentKeyword keyword, string name, AgentKeyType type, CancellationToken cancellationToken)
    {
        var agent = await agents.GetAsync(keyword, cancellationToken);
        return await data.AgentKeys.AsNoTracking().SingleOrDefaultAsync(row => row.AgentId == agent.Id && row.Name == name && row.ApiKeyType == type, cancellationToken)
            ?? throw new GatewayException(404, "Agent api_key not found.");
    }

    /// <summary>Whether there is a key of this name and type.</summary>
    /// <exception cref="GatewayException">There is no such agent.</exception>
    public async Task<bool> HasAsync(AgentKeyword keyword, string name, AgentKeyType type, CancellationToken cancellationToken)
    {
        var agent = await agents.GetAsync(keyword, cancellationToken);
        return await data.AgentKeys.AnyAsync(row => row.AgentId == agent.Id && row.Name == name && row.ApiKeyType == type, cancellationToken);
    }

    /// <summary>Oldest first.</summary>
    /// <exception cref="GatewayException">There is no such agent.</exception>
    public async Task<IReadOnlyList<AgentKeyRow>> ListAsync(AgentKeyword keyword, int limit, int page, CancellationToken cancellationToken)
    {
        var agent = await agents.GetAsync(keyword, cancellationToken);
        return await data.AgentKeys.AsNoTracking().Where(row => row.AgentId == agent.Id).OrderBy(row => row.Ordinal).Page(limit, page).ToListAsync(cancellationToken);
    }

    /// <summary>The key, if there is one of this id, is worth nothing from now on; other processes notice within seconds.</summary>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        await data.AgentKeys.Where(key => key.Id == id).ExecuteDeleteAsync(cancellationToken);
        known.Forget();
    }
}

/// <summary>An agent has one key of a name and type.</summary>
internal sealed class AgentKeyTakenException(string agentId) : Exception("There is a key of this name and type.")
{
    public string AgentId { get; } = agentId;
}
