using System.Text;
using Agents.Durable.Data.Stream;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Answers whose gateway is gone are closed, whatever stands beside them.</summary>
public sealed class AnswerSweepTests(GatewayServer server) : IAsyncLifetime
{
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly FakeAgent _agent = new();
    private readonly string _name = $"lost-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await _agent.StartAsync();
        await _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{_name}}","description":"d","acp_url":"{{_agent.Url}}","acp_type":"sync"}""");
    }

    [Fact]
    public async Task Round_TaskNamesTheMessageItself_ClosesIt()
    {
        var (task, message) = await BeginAsync();
        await server.Services.GetRequiredService<TaskStream>().AppendAsync(
            task, new StreamItem(Encoding.UTF8.GetBytes($$$"""{"type":"task_updated","task":{"id":"{{{task}}}","params":{"about":"{{{message}}}"} } }""")), TestContext.Current.CancellationToken);

        await LoseAsync(message);

        await ClosedAsync(message);
    }

    [Fact]
    public async Task Round_OneThatCannotBeClosed_ClosesThoseBehindIt()
    {
        var both = new[] { await BeginAsync(), await BeginAsync() }.OrderBy(begun => begun.Task, StringComparer.Ordinal).Select(begun => begun.Message).ToArray();
        await SqlAsync($$"""UPDATE messages SET content = '{"type":"unheard of"}' WHERE id = '{{both[0]}}'""");
        try
        {
            await LoseAsync(both);

            await ClosedAsync(both[1]);
        }
        finally
        {
            await SqlAsync($"DELETE FROM messages WHERE id = '{both[0]}'");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _agent.DisposeAsync();
    }

    private async Task<(string Task, string Message)> BeginAsync()
    {
        var task = await _calls.CreateTaskAsync(_name);
        var message = await _calls.OkAsync(
            "POST", "/messages", $$$"""{"task_id":"{{{task}}}","content":{"type":"text","author":"agent","content":"begun"},"streaming_status":"IN_PROGRESS"}""");
        return (task, message.GetProperty("id").GetString()!);
    }

    // As a gateway leaves them that died while it was told them.
    private Task LoseAsync(params string[] messages) => SqlAsync($"UPDATE messages SET answered_by = 'gone' WHERE id IN ('{string.Join("', '", messages)}')");

    private Task ClosedAsync(string message) =>
        GatewayCalls.UntilAsync(async () => await SqlAsync($"SELECT 1 FROM messages WHERE id = '{message}' AND streaming_status = 'DONE' AND answered_by IS NULL") is 1);

    private async Task<object?> SqlAsync(string sql)
    {
        await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
