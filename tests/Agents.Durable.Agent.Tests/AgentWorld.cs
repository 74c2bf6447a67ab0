using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Stream;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Agent.Tests;

/// <summary>The runtime's services over a real database, and short ways to make agents, tasks and mail.</summary>
internal sealed class AgentWorld : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _folder = Directory.CreateTempSubdirectory("durable-work-").FullName;

    public AgentWorld(DatabaseFixture database, Action<IServiceCollection>? more = null, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Auth:Mode", "Development"), new("Agents:WorkspaceFolder", _folder), new("Agents:DeltaInterval", "00:00:00.001")])
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)))
            .Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging();
        services.AddDurableData(database.ConnectionString).AddTaskStream().AddReactSteps();
        more?.Invoke(services);
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
    }

    public IServiceProvider Services => _services;

    public NpgsqlDataSource Database => Get<NpgsqlDataSource>();

    public string WorkspaceOf(string taskId) => Path.Combine(_folder, taskId);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>An agent with this definition and a task of it.</summary>
    public async Task<string> TaskAsync(string definition)
    {
        var (agent, task) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        await ExecuteAsync(
            """
            insert into agents (id, owner, kind, name, description, status, acp_type, definition, created_at, updated_at)
            values ($1, 'dev', 'react', $1, '', 'Ready', 'async', $2::jsonb, now(), now())
            """, agent, definition);
        await ExecuteAsync("insert into tasks (id, owner, status, agent_id, created_at, updated_at) values ($1, 'dev', 'RUNNING', $2, now(), now())", task, agent);
        return task;
    }

    public static string Scripted(string script, string tools = "[]", string limits = "{}") =>
        $$$"""{"model":{"provider":"scripted","parameters":{"script":{{{script}}} } },"tools":{{{tools}}},"limits":{{{limits}}} }""";

    /// <summary>Puts an event, or another kind of mail, into the mailbox; its position.</summary>
    public async Task<long> MailAsync(string task, string? text, string kind = "event")
    {
        var content = text is null ? null : Wire.ToJson<MessageContent>(new TextContent { Author = MessageAuthor.User, Content = text });
        return await MailContentAsync(task, content, kind);
    }

    public async Task<long> MailContentAsync(string task, string? content, string kind = "event")
    {
        await using var command = Database.CreateCommand(
            """
            with place as (update tasks set mailbox_position = mailbox_position + 1 where id = $1 returning mailbox_position, agent_id, owner),
            event as (insert into events (id, owner, task_id, agent_id, content, created_at) select $2, owner, $1, agent_id, $3::jsonb, now() from place returning id)
            insert into mailbox (task_id, position, owner, kind, agent_id, event_id, due_at, created_at)
            select $1, mailbox_position, owner, $4, agent_id, (select id from event), now(), now() from place returning position
            """);
        command.Parameters.Add(new() { Value = task });
        command.Parameters.Add(new() { Value = Guid.NewGuid().ToString() });
        command.Parameters.Add(new() { Value = (object?)content ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = kind });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>What <c>/messages</c> would show, each as <c>type: text</c>.</summary>
    public async Task<IReadOnlyList<string>> MessagesAsync(string task)
    {
        await using var command = Database.CreateCommand("select content::text, streaming_status from messages where task_id = $1 order by created_at, ordinal");
        command.Parameters.Add(new() { Value = task });
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            lines.Add(Describe(Wire.FromJson<MessageContent>(reader.GetString(0))) + (reader.GetString(1) == "DONE" ? "" : " …"));
        }

        return lines;
    }

    public async Task<string> StatusAsync(string task)
    {
        await using var command = Database.CreateCommand("select status || ': ' || coalesce(status_reason, '') from tasks where id = $1");
        command.Parameters.Add(new() { Value = task });
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The stream's updates, as viewers get them.</summary>
    public async Task<IReadOnlyList<(string? CallId, int? Attempt, JsonElement Update)>> StreamAsync(string task)
    {
        var frames = await Get<TaskStream>().PageAsync(task, 0, 10_000, CancellationToken.None);
        return [.. frames.Select(frame => (frame.CallId, frame.Attempt, JsonDocument.Parse(frame.Update).RootElement))];
    }

    public async Task ExecuteAsync(string sql, params string[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string sql, params string[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The same line from what a viewer has: the content as it was begun, and the text of its pieces.</summary>
    public static string Describe(JsonElement content, string said)
    {
        var begun = Wire.FromJson<MessageContent>(content.GetRawText());
        return Describe(begun is TextContent text ? text with { Content = said } : begun);
    }

    private static string Describe(MessageContent content) => content switch
    {
        TextContent { Author: MessageAuthor.User } text => $"user: {text.Content}",
        TextContent text => $"agent: {text.Content}",
        ReasoningContent reasoning => $"reasoning: {string.Concat(reasoning.Content ?? [])}",
        ToolRequestContent request => $"request {request.ToolCallId}: {request.Name} {request.Arguments.GetRawText()}",
        ToolResponseContent response => $"response {response.ToolCallId}{(response.IsError == true ? " error" : "")}: {response.Content}",
        DataContent data => $"data: {data.Data.GetRawText()}",
        _ => content.GetType().Name,
    };
}
