using Agents.Durable.Agent.Models;
using Agents.Durable.Benchmarks.Steps;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Temporalio.Client;
using Temporalio.Rpc.Server;

namespace Agents.Durable.Benchmarks.Context;

/// <summary>The worker of declarative agents in this process, with everything that a host has but the gateway.</summary>
internal sealed class ContextHost : IAsyncDisposable
{
    private const string Definition = """{"model":{"provider":"looping"},"tools":["tick"],"limits":{"max_iterations":100000,"max_turns":1}}""";

    private readonly IHost _host;
    private readonly RpcServer _endpoint;
    private readonly string _folder;

    private ContextHost(IHost host, RpcServer endpoint, ITemporalClient client, string folder) => (_host, _endpoint, Client, _folder) = (host, endpoint, client, folder);

    public ITemporalClient Client { get; }

    public NpgsqlDataSource Database => _host.Services.GetRequiredService<NpgsqlDataSource>();

    public static async Task<ContextHost> StartAsync(BenchmarkServer server, int calls, CancellationToken cancellationToken)
    {
        var endpoint = await RpcServer.StartAsync(server.Router, new RpcServerOptions(), cancellationToken: cancellationToken);
        var client = await TemporalClient.ConnectAsync(new(endpoint.Target) { Namespace = AgentWorkflows.Namespace, Identity = $"{Environment.ProcessId}" });
        var folder = Directory.CreateTempSubdirectory("durable-bench-").FullName;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("Agents:WorkspaceFolder", folder), new("Auth:Mode", "Development")]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<ITemporalClient>(client);
        builder.Services.AddDurableData(await BenchmarkServer.StartPostgresAsync(cancellationToken)).AddTaskStream().AddAgentWorker();
        builder.Services.AddSingleton<IModelProvider>(new LoopingModel(calls)).AddAgentTools<Ticker>();
        var host = builder.Build();
        await host.Services.GetRequiredService<Migrator>().ApplyAsync(cancellationToken);
        await host.StartAsync(cancellationToken);
        return new ContextHost(host, endpoint, client, folder);
    }

    /// <summary>A task whose mailbox holds one message, and its workflow.</summary>
    public async Task<WorkflowHandle> BeginAsync(string text, CancellationToken cancellationToken)
    {
        var task = Guid.NewGuid().ToString();
        await using var command = Database.CreateCommand(
            """
            with agent as (
                insert into agents (id, owner, kind, name, description, status, acp_type, definition, created_at, updated_at)
                values ($1, 'dev', 'react', $1, '', 'Ready', 'async', $2::jsonb, now(), now())
            ), task as (
                insert into tasks (id, owner, status, agent_id, mailbox_position, created_at, updated_at) values ($1, 'dev', 'RUNNING', $1, 1, now(), now())
            ), event as (
                insert into events (id, owner, task_id, agent_id, content, created_at) values ($1, 'dev', $1, $1, $3::jsonb, now())
            )
            insert into mailbox (task_id, position, owner, kind, agent_id, event_id, due_at, created_at) values ($1, 1, 'dev', 'event', $1, $1, now(), now())
            """);
        command.Parameters.Add(new() { Value = task });
        command.Parameters.Add(new() { Value = Definition });
        command.Parameters.Add(new() { Value = Wire.ToJson<MessageContent>(new Contracts.Messages.TextContent { Author = MessageAuthor.User, Content = text }) });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return await Client.StartWorkflowAsync(AgentWorkflows.React, [], new WorkflowOptions(task, AgentWorkflows.TaskQueue) { StartSignal = AgentWorkflows.Wake, StartSignalArgs = [1L] });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        await _endpoint.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
