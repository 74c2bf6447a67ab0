using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Mailbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>A database that is away for a moment costs mail neither its place nor the minute until a lease ends.</summary>
public sealed class MailboxAbsenceTests(GatewayServer server) : IAsyncLifetime
{
    private readonly FakeAgent _agent = new();
    private readonly string _name = $"remote-{Guid.NewGuid():N}";
    private WebApplication _gateway = null!;
    private GatewayCalls _calls = null!;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gateway = await server.StartAsync(options => options.Mode = AuthMode.Development, connections: _name);
        _calls = new GatewayCalls(GatewayServer.AddressOf(_gateway));
        await _agent.StartAsync();
        await _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{_name}}","description":"d","acp_url":"{{_agent.Url}}","acp_type":"async"}""");
    }

    [Fact]
    public async Task Send_ConnectionLostWhileTheAcknowledgementIsNoted_IsDeliveredOnce()
    {
        var task = await _calls.CreateTaskAsync(_name);
        var acknowledged = new TaskCompletionSource();
        _agent.BeforeAnswer = _ => acknowledged.Task;
        var sent = _calls.SendEventAsync(_name, task, "one");
        await GatewayCalls.UntilAsync(() => _agent.Texts.Count == 1);

        await using var connection = await server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Stopping);
        await using var holding = await HoldAsync(connection, $"SELECT FROM mailbox WHERE task_id = '{task}' FOR UPDATE");
        acknowledged.SetResult();
        await LoseAsync("settled_at");
        await holding.CommitAsync(Stopping);

        Assert.Equal(task, (await sent).GetProperty("result").GetProperty("task_id").GetString());
        await _calls.SendEventAsync(_name, task, "two");
        Assert.Equal(["one", "two"], _agent.Texts);
        Assert.Equal([null, null], _agent.Received.Where(call => call.Method == "event/send").Select(call => call.Attempt));
    }

    [Fact]
    public async Task Put_ConnectionLostWhileItIsStored_IsStoredOnceAndItsTurn()
    {
        var task = await _calls.CreateTaskAsync(_name);
        var agent = (await _calls.OkAsync("GET", $"/agents/name/{_name}")).GetProperty("id").GetString()!;
        await using var connection = await server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Stopping);
        await using var holding = await HoldAsync(connection, $"SELECT FROM tasks WHERE id = '{task}' FOR UPDATE");
        var put = _gateway.Services.GetRequiredService<MailboxStore>().PutAsync(new NewMail("dev", task, agent, MailboxKind.Event, null, null), Stopping);
        await LoseAsync("mailbox_position");
        await holding.CommitAsync(Stopping);

        var stored = await put;
        Assert.NotNull(stored);
        Assert.Equal(1, stored.Position);
        Assert.Equal(1, stored.Claim?.Attempt);
        await _gateway.Services.GetRequiredService<MailboxStore>().SettleAsync(stored.Claim!, MailboxState.Delivered, null, Stopping);
        Assert.Single((await _calls.OkAsync("GET", $"/events?task_id={task}&agent_id={agent}")).EnumerateArray());
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _agent.DisposeAsync();
        await _gateway.StopAsync(CancellationToken.None);
        await _gateway.DisposeAsync();
    }

    private static async Task<NpgsqlTransaction> HoldAsync(NpgsqlConnection connection, string rows)
    {
        var holding = await connection.BeginTransactionAsync(Stopping);
        await using var hold = new NpgsqlCommand(rows, connection, holding);
        await hold.ExecuteNonQueryAsync(Stopping);
        return holding;
    }

    // Ends the connection of this test's gateway that waits for what is held, with a statement that has this in it.
    private Task LoseAsync(string statement) => GatewayCalls.UntilAsync(async () =>
    {
        await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{_name}' AND wait_event_type = 'Lock' AND query LIKE '%{statement}%'");
        return await command.ExecuteScalarAsync(Stopping) is > 0L;
    });
}
