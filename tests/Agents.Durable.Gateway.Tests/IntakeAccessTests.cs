using System.Net.Sockets;
using System.Text;

namespace Agents.Durable.Gateway.Tests;

/// <summary>The port for agents outside Development: an agent shows its key, and writes to its own tasks only.</summary>
public sealed class IntakeAccessTests(KeyedServer server) : IClassFixture<KeyedServer>, IAsyncLifetime
{
    private const string Delta = """{"type":"delta","delta":{"type":"text","text_delta":"x"}}""";
    private readonly TcpClient _client = new();
    private StreamReader _answers = null!;
    private string _key = "", _own = "", _other = "";

    public async ValueTask InitializeAsync()
    {
        using var alice = server.As(KeyedServer.Alice);
        (_key, _own) = await RegisterAsync(alice);
        (_, _other) = await RegisterAsync(alice);
        await _client.ConnectAsync("127.0.0.1", server.IntakePort);
        _answers = new StreamReader(_client.GetStream(), Encoding.UTF8);
    }

    public ValueTask DisposeAsync()
    {
        _answers.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Write_WithoutKey_IsRefused()
    {
        Assert.StartsWith("-NOPERM", await AskAsync("XADD", $"task:{_own}", "*", "data", Delta), StringComparison.Ordinal);
        Assert.StartsWith("-WRONGPASS", await AskAsync("AUTH", "wrong"), StringComparison.Ordinal);
        Assert.StartsWith("-NOPERM", await AskAsync("XADD", $"task:{_own}", "*", "data", Delta), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_WithItsKey_GoesToOwnTasksOnly()
    {
        Assert.Equal("+OK", await AskAsync("AUTH", "default", _key));

        Assert.StartsWith("$", await AskAsync("XADD", $"task:{_own}", "*", "data", Delta), StringComparison.Ordinal);
        await LineAsync();
        Assert.StartsWith("-NOPERM", await AskAsync("XADD", $"task:{_other}", "*", "data", Delta), StringComparison.Ordinal);
        Assert.Equal("*0", await AskAsync("XRANGE", $"task:{_other}", "-", "+"));
    }

    [Fact]
    public async Task Write_AfterAWrongKey_IsRefusedAgain()
    {
        Assert.Equal("+OK", await AskAsync("AUTH", _key));
        Assert.StartsWith("-WRONGPASS", await AskAsync("AUTH", "wrong"), StringComparison.Ordinal);

        Assert.StartsWith("-NOPERM", await AskAsync("XADD", $"task:{_own}", "*", "data", Delta), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hello_WithItsKey_ShowsItAsWell()
    {
        Assert.StartsWith("-WRONGPASS", await AskAsync("HELLO", "3", "AUTH", "default", "wrong"), StringComparison.Ordinal);
        Assert.Equal("%6", await AskAsync("HELLO", "3", "AUTH", "default", _key, "SETNAME", "agent"));
        while (await LineAsync() != "*0")
        {
            // What the listener says of itself.
        }

        Assert.StartsWith("$", await AskAsync("XADD", $"task:{_own}", "*", "data", Delta), StringComparison.Ordinal);
    }

    private static async Task<(string Key, string Task)> RegisterAsync(GatewayCalls alice)
    {
        var agent = await alice.OkAsync("POST", "/agents/register", $$"""{"name":"a-{{Guid.NewGuid():N}}","description":"d","acp_url":"http://127.0.0.1:9","acp_type":"sync"}""");
        return (agent.GetProperty("agent_api_key").GetString()!, await alice.CreateTaskAsync(agent.GetProperty("name").GetString()!));
    }

    private async Task<string> AskAsync(params string[] command)
    {
        var sent = $"*{command.Length}\r\n{string.Concat(command.Select(part => $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n"))}";
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(sent), TestContext.Current.CancellationToken);
        return await LineAsync();
    }

    private async Task<string> LineAsync()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(GatewayServer.Limit);
        return (await _answers.ReadLineAsync(late.Token))!;
    }
}
