using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>Finds and lists tasks.</summary>
internal sealed class TaskDirectory(DataContext data, OwnerScope scope, NpgsqlDataSource database)
{
    private const int UsualLimit = 50;
    private const string ById = $"SELECT {TaskColumns.All} FROM tasks WHERE id = $1 AND owner = $2";
    private const string ByName = $"SELECT {TaskColumns.All} FROM tasks WHERE name = $1 AND owner = $2";

    /// <summary>A task by id or name, as it is in the database now, deleted ones too.</summary>
    /// <exception cref="GatewayException">There is none.</exception>
    public async Task<TaskRow> FindAsync(TaskKeyword task, CancellationToken cancellationToken) => await TryFindAsync(task, cancellationToken)
        ?? throw (task.Id is { } unknown ? GatewayException.UnknownId(unknown) : GatewayException.UnknownName(task.Name!));

    /// <inheritdoc cref="FindAsync"/>
    /// <returns>Null when there is none.</returns>
    public async Task<TaskRow?> TryFindAsync(TaskKeyword task, CancellationToken cancellationToken)
    {
        await using var statement = await PreparedStatement.OnAsync(
            database, task.Id is null ? ByName : ById, [SqlValue.Text(task.Text), SqlValue.Text(scope.Owner.Value)], cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? TaskColumns.Read(reader) : null;
    }

    /// <exception cref="GatewayException">There is none, or it was deleted.</exception>
    public async Task<TaskRow> GetAsync(TaskKeyword task, CancellationToken cancellationToken)
    {
        var row = await FindAsync(task, cancellationToken);
        return row.Status == AgentTaskStatus.Deleted ? throw GatewayException.Gone("Task", task.Text) : row;
    }

    public async Task<TaskDetails> GetDetailsAsync(TaskKeyword task, bool withAgents, CancellationToken cancellationToken)
    {
        var row = await GetAsync(task, cancellationToken);
        var agents = withAgents ? await AgentsOfAsync([row.Id], cancellationToken) : null;
        return row.ToDetails(agents is null ? null : [.. agents[row.Id]]);
    }

    public async Task<TaskSummary[]> ListAsync(TaskFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Page < 1)
        {
            throw GatewayException.BadRequest("Page number must be greater than 0");
        }

        // By its id, of which the database knows how many tasks there are; by its name it would guess, and read all of them for an agent with few.
        if (filter.AgentName is { } name)
        {
            if (await data.Agents.Where(agent => agent.Name == name).Select(agent => agent.Id).SingleOrDefaultAsync(cancellationToken) is not { } named)
            {
                return [];
            }

            filter = filter with { NamedAgentId = named };
        }

        var rows = await Filtered(filter)
            .InOrder(data, filter.Order, nameof(TaskRow.UpdatedAt), nameof(TaskRow.CreatedAt), nameof(TaskRow.Ordinal))
            .Page(filter.Limit == 0 ? UsualLimit : filter.Limit, filter.Page)
            .ToListAsync(cancellationToken);
        var agents = filter.WithAgents ? await AgentsOfAsync([.. rows.Select(row => row.Id)], cancellationToken) : null;
        return [.. rows.Select(row => row.ToSummary(agents is null ? null : [.. agents[row.Id]]))];
    }

    private IQueryable<TaskRow> Filtered(TaskFilter filter)
    {
        var rows = filter.Metadata is { } metadata
            ? data.Tasks.FromSql($"SELECT * FROM tasks WHERE task_metadata @> {metadata}::jsonb")
            : data.Tasks;
        rows = rows.AsNoTracking().Where(row => row.Status != AgentTaskStatus.Deleted);
        if (filter.Status is { } status)
        {
            rows = rows.Where(row => row.Status == status);
        }

        if (filter.AgentId is { } agentId)
        {
            rows = rows.Where(row => data.TaskAgents.Any(link => link.TaskId == row.Id && link.AgentId == agentId));
        }

        if (filter.NamedAgentId is { } named)
        {
            rows = rows.Where(row => data.TaskAgents.Any(link => link.TaskId == row.Id && link.AgentId == named));
        }

        return rows;
    }

    private async Task<ILookup<string, Agent>> AgentsOfAsync(string[] taskIds, CancellationToken cancellationToken)
    {
        var links = await data.TaskAgents.AsNoTracking()
            .Where(link => taskIds.Contains(link.TaskId))
            .Join(data.Agents, link => link.AgentId, agent => agent.Id, (link, agent) => new { link.TaskId, Agent = agent })
            .OrderBy(link => link.Agent.Ordinal)
            .ToListAsync(cancellationToken);
        return links.ToLookup(link => link.TaskId, link => link.Agent.ToWire());
    }
}

/// <param name="Metadata">JSON that a task's metadata must contain.</param>
internal sealed record TaskFilter(
    string? AgentId, string? AgentName, AgentTaskStatus? Status, string? Metadata, bool WithAgents, int Limit, int Page, ListOrder Order)
{
    /// <summary>The agent of <see cref="AgentName"/>, once it was looked up.</summary>
    public string? NamedAgentId { get; init; }

    /// <exception cref="ValidationException">A value has not the form of its name.</exception>
    /// <exception cref="GatewayException">The metadata is no JSON object.</exception>
    public static TaskFilter Of(QueryValues query)
    {
        var filter = new TaskFilter(
            query.Filter("agent_id"), query.Filter("agent_name"), query.Choice<AgentTaskStatus>("status"), query.Text("task_metadata"),
            query.WantsAgents(), query.Integer("limit", 50, 0), query.Integer("page_number", 1), query.Order());
        query.ThrowIfAny();
        if (filter.Status == AgentTaskStatus.Deleted)
        {
            throw GatewayException.BadRequest("Cannot filter by DELETED status; deleted tasks are not returned by list_tasks.");
        }

        CheckMetadata(filter.Metadata);
        return filter;
    }

    private static void CheckMetadata(string? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        var (value, fault) = PythonJson.Parse(metadata);
        if (fault is not null)
        {
            throw GatewayException.BadRequest($"Invalid JSON in task_metadata query parameter: {fault.Words}");
        }

        if (value is not { ValueKind: System.Text.Json.JsonValueKind.Object } json)
        {
            throw GatewayException.BadRequest("task_metadata must decode to a JSON object.");
        }

        if (!json.EnumerateObject().Any())
        {
            throw GatewayException.BadRequest("task_metadata cannot be empty; omit the parameter to skip filtering.");
        }
    }
}
