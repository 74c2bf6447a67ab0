using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Mailbox;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Mail takes its turn with the commit that stores it; whoever comes at the same moment must not take it too.</summary>
public sealed class MailboxTurnTests(GatewayServer server) : IAsyncLifetime
{
    private const int Senders = 48;
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly FakeAgent _agent = new();
    private readonly string _name = $"turns-{Guid.NewGuid():N}";

    private MailboxStore Mailbox => server.Services.GetRequiredService<MailboxStore>();

    public async ValueTask InitializeAsync()
    {
        await _agent.StartAsync();
        await _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{_name}}","description":"d","acp_url":"{{_agent.Url}}","acp_type":"async"}""");
    }

    [Fact]
    public async Task PutAsync_ManyAtOnce_OneHasTheTurnAndPositionsHaveNoGap()
    {
        var task = await _calls.CreateTaskAsync(_name);
        var agent = (await _calls.SendEventAsync(_name, task, "first")).GetProperty("result").GetProperty("agent_id").GetString()!;

        var stored = await Task.WhenAll(Enumerable.Range(0, Senders).Select(number => Task.Run(() => PutAsync(task, agent, number))));

        Assert.Equal(Enumerable.Range(2, Senders).Select(position => (long)position), stored.Select(mail => mail.Position).Order());
        Assert.Equal(2, Assert.Single(stored, mail => mail.Claim is not null).Position);
    }

    [Fact]
    public async Task PutAsync_AfterTheLastWasSettled_HasTheTurn()
    {
        var task = await _calls.CreateTaskAsync(_name);
        var agent = (await _calls.SendEventAsync(_name, task, "first")).GetProperty("result").GetProperty("agent_id").GetString()!;
        var first = await PutAsync(task, agent, 1);
        var second = await PutAsync(task, agent, 2);

        Assert.True(await Mailbox.SettleAsync(first.Claim!, MailboxState.Delivered, null, CancellationToken.None));
        Assert.Null(second.Claim);
        var claim = await Mailbox.ClaimAsync(task, second.Position, CancellationToken.None);
        Assert.False(await Mailbox.SettleAsync(claim!, MailboxState.Delivered, null, CancellationToken.None));
        Assert.NotNull((await PutAsync(task, agent, 3)).Claim);
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _agent.DisposeAsync();
    }

    private async Task<PutMail> PutAsync(string task, string agent, int number)
    {
        var content = new TextContent { Author = MessageAuthor.User, Content = $"{number}" };
        return (await Mailbox.PutAsync(new NewMail("dev", task, agent, MailboxKind.Event, content, null), CancellationToken.None))!;
    }
}
