using System.Net.Sockets;
using System.Text;

namespace Agents.Durable.Gateway.Tests.Intake;

/// <summary>The port for agents outside Development: an agent shows its key, and writes to its own tasks only.</summary>
public sealed class IntakeAccessTests(KeyedServer server) : IClassFixture<KeyedServer>, IAsyncLifetime
{
    private const string Delta = """{"type":"delta","delta":{"type":"text","text_delta":"x"}}""";
    private readonly TcpClient _client = new();
    private StreamReader _answers = null!;
    private string _key = "", _own = "", _other = "", _otherKey = "";

    public async ValueTask InitializeAsync()
    {
        using var alice = server.As(KeyedServer.Alice);
        (_key, _own) = await RegisterAsync(alice);
        (_otherKey, _other) = await RegisterAsync(alice);
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
        Assert.Equal("-NOAUTH Authentication required.", await AskAsync("XADD", $"task:{_own}", "*", "data", Delta));
        Assert.Equal("-WRONGPASS invalid username-password pair or user is disabled.", await AskAsync("AUTH", "wrong"));
        Assert.Equal("-NOAUTH Authentication required.", await AskAsync("XADD", $"task:{_own}", "*", "data", Delta));
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

        Assert.StartsWith("-NOAUTH", await AskAsync("XADD", $"task:{_own}", "*", "data", Delta), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hello_WithItsKey_ShowsItAsWell()
    {
        Assert.StartsWith("-WRONGPASS", await AskAsync("HELLO", "3", "AUTH", "default", "wrong"), StringComparison.Ordinal);
        Assert.Equal("%7", await AskAsync("HELLO", "3", "AUTH", "default", _key, "SETNAME", "agent"));
        while (await LineAsync() != "*0")
        {
            // What the listener says of itself.
        }

        Assert.StartsWith("$", await AskAsync("XADD", $"task:{_own}", "*", "data", Delta), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("XREAD STREAMS KEY 0", "*-1")]
    [InlineData("XREAD BLOCK 20 STREAMS KEY 0", "*-1")]
    [InlineData("XREVRANGE KEY + -", "*0")]
    [InlineData("XLEN KEY", ":0")]
    [InlineData("EXISTS KEY", ":0")]
    [InlineData("TYPE KEY", "+none")]
    [InlineData("GET KEY", "$-1")]
    [InlineData("TTL KEY", ":-2")]
    [InlineData("EXPIRE KEY 10", ":0")]
    [InlineData("XINFO STREAM KEY", "-ERR no such key")]
    public async Task Read_OfAnotherAgentsTask_IsAsOfNone(string words, string answer)
    {
        using var owner = await RespClient.OpenAsync(server.IntakePort);
        await owner.AskAsync("AUTH", _otherKey);
        await owner.AddAsync(_other, "x");

        Assert.Equal("-NOAUTH Authentication required.", await AskAsync(words.Replace("KEY", $"task:{_other}", StringComparison.Ordinal).Split(' ')));
        Assert.Equal("+OK", await AskAsync("AUTH", _key));
        Assert.Equal(answer, await AskAsync(words.Replace("KEY", $"task:{_other}", StringComparison.Ordinal).Split(' ')));
        Assert.Equal(answer, await AskAsync(words.Replace("KEY", "task:none", StringComparison.Ordinal).Split(' ')));
        Assert.Equal("+stream", await owner.AskAsync($"TYPE task:{_other}"));
    }

    [Fact]
    public async Task Reset_EndsWhatTheKeyAllowed()
    {
        Assert.Equal("+OK", await AskAsync("AUTH", _key));
        Assert.Equal("+RESET", await AskAsync("RESET"));

        Assert.StartsWith("-NOAUTH HELLO must be called", await AskAsync("HELLO", "3"), StringComparison.Ordinal);
        Assert.Equal("-NOAUTH Authentication required.", await AskAsync("XLEN", $"task:{_own}"));
        Assert.StartsWith("-ERR unknown command", await AskAsync("FLUSHALL"), StringComparison.Ordinal);
        Assert.Equal("-ERR Protocol error: unauthenticated bulk length", await AskAsync("AUTH", new string('x', 20_000)));
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
