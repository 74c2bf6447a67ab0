using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agents.Durable.Gateway.Agents;

/// <summary>Finds, lists and deletes agents.</summary>
internal sealed class AgentDirectory(DataContext data, OwnerScope scope, NpgsqlDataSource database, TimeProvider time)
{
    private const string ById = $"SELECT {AgentColumns.All} FROM agents WHERE id = $1 AND owner = $2";
    private const string ByName = $"SELECT {AgentColumns.All} FROM agents WHERE name = $1 AND owner = $2";

    /// <summary>An agent by id or name, deleted ones too.</summary>
    /// <exception cref="GatewayException">There is none.</exception>
    public async Task<AgentRow> FindAsync(AgentKeyword agent, CancellationToken cancellationToken) =>
        await (agent.Id is { } id ? data.Agents.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) : data.Agents.SingleOrDefaultAsync(row => row.Name == agent.Name, cancellationToken))
        ?? throw (agent.Id is { } unknown ? GatewayException.UnknownId(unknown) : GatewayException.UnknownName(agent.Name!));

    /// <summary>The same for a call of it: to be read only, and without the definition.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<AgentRow> LookUpAsync(AgentKeyword agent, CancellationToken cancellationToken)
    {
        await using var statement = await PreparedStatement.OnAsync(
            database, agent.Id is null ? ByName : ById, [SqlValue.Text(agent.Text), SqlValue.Text(scope.Owner.Value)], cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? AgentColumns.Read(reader)
            : throw (agent.Id is { } unknown ? GatewayException.UnknownId(unknown) : GatewayException.UnknownName(agent.Name!));
    }

    /// <exception cref="GatewayException">There is none, or it was deleted.</exception>
    public async Task<AgentRow> GetAsync(AgentKeyword agent, CancellationToken cancellationToken)
    {
        var row = await FindAsync(agent, cancellationToken);
        return row.Status == AgentStatus.Deleted ? throw GatewayException.Gone("Agent", agent.Text) : row;
    }

    public async Task<Agent[]> ListAsync(string? taskId, int limit, int page, ListOrder order, CancellationToken cancellationToken)
    {
        var rows = data.Agents.AsNoTracking().Where(row => row.Status != AgentStatus.Deleted);
        if (taskId is not null)
        {
            rows = rows.Where(row => data.TaskAgents.Any(link => link.TaskId == taskId && link.AgentId == row.Id));
        }

        var found = await rows
            .InOrder(data, order, nameof(AgentRow.UpdatedAt), nameof(AgentRow.CreatedAt), nameof(AgentRow.Ordinal))
            .Page(limit, page)
            .ToListAsync(cancellationToken);
        return [.. found.Select(AgentMapping.ToWire)];
    }

    /// <summary>Soft: the row stays for its tasks.</summary>
    public async Task<Deleted> DeleteAsync(AgentKeyword agent, CancellationToken cancellationToken)
    {
        var row = await GetAsync(agent, cancellationToken);
        row.Status = AgentStatus.Deleted;
        row.StatusReason = "Agent deleted successfully";
        row.UpdatedAt = time.GetUtcNow();
        await data.SaveChangesAsync(cancellationToken);
        return new Deleted(row.Id, $"Agent '{agent.Text}' deleted successfully");
    }
}

/// <summary>How a route names an agent.</summary>
internal readonly record struct AgentKeyword(string? Id, string? Name)
{
    public string Text => Id ?? Name!;

    /// <summary>The one of the two that was given.</summary>
    /// <exception cref="GatewayException">None was, or both; the message names the purpose.</exception>
    public static AgentKeyword OneOf(string? id, string? name, string purpose) => (id, name) switch
    {
        ({ Length: > 0 } one, null or "") => ById(one),
        (null or "", { Length: > 0 } one) => ByName(one),
        (null or "", null or "") => throw GatewayException.BadRequest($"Either 'agent_id' or 'agent_name' must be provided to {purpose}."),
        _ => throw GatewayException.BadRequest($"Only one of 'agent_id' or 'agent_name' should be provided to {purpose}."),
    };

    public static AgentKeyword ById(string id) => new(id, null);

    public static AgentKeyword ByName(string name) => new(null, name);
}
