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

    /// <summary>Pins the newest definition of the agent that runs the task.</summary>
    /// <exception cref="DefinitionException">The agent has none, or one that cannot be used; the message says why.</exception>
    public static async Task<StoredDefinition> PinAsync(NpgsqlConnection connection, string taskId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
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
            """, connection)
        {
            Parameters = { new() { Value = taskId } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? Parse(reader.GetInt64(0), reader.GetString(1))
            : throw new DefinitionException($"Task {taskId} has no agent with a definition.");
    }

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
        return _byId[id] = Parse(id, body);
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
