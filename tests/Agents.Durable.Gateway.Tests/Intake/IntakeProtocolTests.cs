using System.Net.Sockets;
using System.Text;

namespace Agents.Durable.Gateway.Tests.Intake;

/// <summary>The port for agents that write with Redis commands: what clients send in pieces, many at a time, or wrongly.</summary>
public sealed class IntakeProtocolTests(GatewayServer server) : IAsyncLifetime
{
    private const string Delta = """{"type":"delta","delta":{"type":"text","text_delta":"x"}}""";
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly TcpClient _client = new();
    private string _task = "";

    public async ValueTask InitializeAsync()
    {
        _task = await _calls.CreateTaskAsync(await _calls.DefineAsync());
        await _client.ConnectAsync("127.0.0.1", server.IntakePort);
        _client.NoDelay = true;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _calls.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Commands_OneByteAtATime_AreAnswered()
    {
        foreach (var one in Command("CLIENT", "SETINFO", "LIB-NAME", "redis-py").Concat(Command("EXPIRE", $"task:{_task}", "3600")))
        {
            await _client.GetStream().WriteAsync(new[] { one });
        }

        Assert.Equal("+OK\r\n:1\r\n", await ReadAsync(9));
    }

    [Fact]
    public async Task Commands_ManyInOneWrite_AreAnsweredInOrderAndStoredInOrder()
    {
        const int Many = 300;
        var all = Enumerable.Range(0, Many).SelectMany(n => Command("XADD", $"task:{_task}", "MAXLEN", "~", "10000", "*", "data", Numbered(n)).Concat(Command("PING", $"{n:000}")));
        await _client.GetStream().WriteAsync(all.ToArray());

        var lines = new List<string>();
        using var reader = new StreamReader(_client.GetStream(), Encoding.UTF8, leaveOpen: true);
        while (lines.Count < Many * 4)
        {
            lines.Add((await reader.ReadLineAsync(Late()))!);
        }

        Assert.Equal(Enumerable.Range(0, Many).Select(n => $"{n:000}"), lines.Where((_, i) => i % 4 == 3));
        var numbers = lines.Where((_, i) => i % 4 == 1).Select(id => long.Parse(id.Split('-')[1])).ToList();
        Assert.Equal(Enumerable.Range(0, Many).Select(i => numbers[0] + i), numbers);
    }

    [Theory]
    [InlineData("*2\r\n+PING\r\n", "-ERR Protocol error: expected '$', got '+'")]
    [InlineData("*x\r\n", "-ERR Protocol error: invalid multibulk length")]
    [InlineData("*1\r\n$-1\r\n", "-ERR Protocol error: invalid bulk length")]
    [InlineData("PING \"a\r\n", "-ERR Protocol error: unbalanced quotes in request")]
    [InlineData("PING 'a'b\r\n", "-ERR Protocol error: unbalanced quotes in request")]
    [InlineData("*1\r\n$99999999\r\n", "-ERR Protocol error: invalid bulk length")]
    [InlineData("*9999\r\n", "-ERR Protocol error: invalid multibulk length")]
    public async Task Commands_NotTheProtocol_AreRefusedAndTheConnectionEnds(string sent, string answer)
    {
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(sent));

        using var reader = new StreamReader(_client.GetStream());
        Assert.Equal($"{answer}\r\n", await reader.ReadToEndAsync(Late()));
    }

    [Fact]
    public async Task Commands_UnknownOrForUnknownTasks_AreRefusedByNameAndTheConnectionGoesOn()
    {
        await _client.GetStream().WriteAsync(Command("FLUSHALL").Concat(Command("XADD", "task:none", "*", "data", Delta)).Concat(Command("XADD", "x")).Concat(Command("PING")).ToArray());

        using var reader = new StreamReader(_client.GetStream());
        Assert.StartsWith("-ERR unknown command 'FLUSHALL'", await reader.ReadLineAsync(Late()), StringComparison.Ordinal);
        Assert.StartsWith("-NOPERM", await reader.ReadLineAsync(Late()), StringComparison.Ordinal);
        Assert.StartsWith("-ERR wrong number of arguments for 'xadd'", await reader.ReadLineAsync(Late()), StringComparison.Ordinal);
        Assert.Equal("+PONG", await reader.ReadLineAsync(Late()));
    }

    [Fact]
    public async Task Commands_ThousandsInOneWrite_AreAnsweredInOrderThoughReadLate()
    {
        const int Many = 10_000;
        var sending = _client.GetStream().WriteAsync(Enumerable.Range(0, Many).SelectMany(n => Command("ECHO", $"{n:00000}")).ToArray(), Late()).AsTask();

        using var reader = new StreamReader(_client.GetStream(), Encoding.UTF8, leaveOpen: true);
        for (var n = 0; n < Many; n++)
        {
            Assert.Equal("$5", await reader.ReadLineAsync(Late()));
            Assert.Equal($"{n:00000}", await reader.ReadLineAsync(Late()));
        }

        await sending;
    }

    [Fact]
    public async Task Commands_AsLinesOfWords_MayBeQuoted()
    {
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes("\r\n*0\r\n*-1\r\nECHO \"a \\x41\\n\\\"\"\nping 'it\\'s'\r\n"));

        Assert.Equal("$5\r\na A\n\"\r\n$4\r\nit's\r\n", await ReadAsync(21));
    }

    [Fact]
    public async Task Commands_TooMuchAtOnce_AreRefusedAndTheConnectionEnds()
    {
        const int Most = 8 * 1024 * 1024;
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"*3\r\n${Most}\r\n{new string('a', Most)}\r\n${Most}\r\n{new string('b', Most)}\r\n$1\r\n"));
        Assert.Equal("-ERR Protocol error: too big command\r\n", await EndAsync());
    }

    [Fact]
    public async Task Commands_ALineWithoutEnd_AreRefusedAndTheConnectionEnds()
    {
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(new string('a', 64 * 1024 + 1)));
        Assert.Equal("-ERR Protocol error: too big inline request\r\n", await EndAsync());
    }

    /// <summary>As a page of any site can make a browser send it.</summary>
    [Fact]
    public async Task Commands_InTheBodyOfARequest_AreNotRun()
    {
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nPING\r\n"));
        Assert.Equal("", await EndAsync());
    }

    private async Task<string> EndAsync()
    {
        using var reader = new StreamReader(_client.GetStream());
        return await reader.ReadToEndAsync(Late());
    }

    private static string Numbered(int n) => Delta.Replace("\"x\"", $"\"{n}\"", StringComparison.Ordinal);

    private static byte[] Command(params string[] words) =>
        Encoding.UTF8.GetBytes($"*{words.Length}\r\n{string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))}");

    private static CancellationToken Late()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(GatewayServer.Limit);
        return source.Token;
    }

    private async Task<string> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await _client.GetStream().ReadExactlyAsync(bytes, Late());
        return Encoding.UTF8.GetString(bytes);
    }
}
