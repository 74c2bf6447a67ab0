using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;

namespace Agents.Durable.Data.Definitions;

/// <summary>
/// Definitions as turns use them. An agent's own row holds the newest one; a turn pins that one under an id, so that all its calls agree, also when
/// somebody changes the agent meanwhile and the worker is another one.
/// </summary>
public sealed class AgentDefinitions(NpgsqlDataSource database)
{
    // Unbounded on purpose: rows are immutable and their number is that of the definitions people wrote.
    private readonly ConcurrentDictionary<long, StoredDefinition> _byId = new();

    /// <summary>Pins the newest definition of the agent that runs the task: its id and its body, or no row.</summary>
    internal static NpgsqlBatchCommand PinCommand(string taskId) => new(
        """
        with newest as (
            select a.definition::text as body from tasks t join agents a on a.id = t.agent_id where t.id = $1 and a.definition is not null
        ), known as (
            select d.id, d.body from agent_definitions d join newest n on d.hash = sha256(convert_to(n.body, 'UTF8'))
        ), added as (
            insert into agent_definitions (hash, body)
            select sha256(convert_to(body, 'UTF8')), body from newest where not exists (select from known)
            on conflict (hash) do update set body = excluded.body
            returning id, body
        )
        select id, body from known union all select id, body from added
        """)
    {
        Parameters = { new() { Value = taskId } },
    };

    /// <summary>The definition of this id, whose body was read.</summary>
    /// <exception cref="DefinitionException">It cannot be used.</exception>
    internal StoredDefinition Remember(long id, string body) => _byId.TryGetValue(id, out var known) ? known : _byId[id] = Parse(id, body);

    /// <summary>The definition that was pinned under this id.</summary>
    /// <exception cref="DefinitionException">There is none, or it cannot be used.</exception>
    public async ValueTask<StoredDefinition> GetAsync(long id, CancellationToken cancellationToken)
    {
        if (_byId.TryGetValue(id, out var known))
        {
            return known;
        }

        await using var command = database.CreateCommand("select body from agent_definitions where id = $1");
        command.Parameters.Add(new() { Value = id });
        var body = await command.ExecuteScalarAsync(cancellationToken) as string ?? throw new DefinitionException($"There is no agent definition {id}.");
        return Remember(id, body);
    }

    private static StoredDefinition Parse(long id, string body)
    {
        using var document = JsonDocument.Parse(body);
        var reader = new DefinitionReader();
        return reader.Read(document.RootElement) is { } definition
            ? new StoredDefinition(id, definition)
            : throw new DefinitionException($"The agent's definition cannot be used: {string.Join("; ", reader.Errors)}.");
    }
}

/// <summary>A definition is missing or cannot be used, which no retry changes.</summary>
public sealed class DefinitionException(string message) : Exception(message);
