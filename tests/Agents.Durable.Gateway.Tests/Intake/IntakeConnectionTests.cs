namespace Agents.Durable.Gateway.Tests.Intake;

/// <summary>What clients of Redis ask before and beside their work.</summary>
public sealed class IntakeConnectionTests(GatewayServer server) : IAsyncLifetime
{
    private RespClient _client = null!;

    public async ValueTask InitializeAsync() => _client = await RespClient.OpenAsync(server.IntakePort);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What Redis 7.0.15 answered to the same words, but for CLIENT SETINFO, which is younger, and AUTH, which Development ignores.</summary>
    [Theory]
    [InlineData("PING", "+PONG")]
    [InlineData("PING hi", "\"hi\"")]
    [InlineData("PING a b", "-ERR wrong number of arguments for 'ping' command")]
    [InlineData("ECHO hi", "\"hi\"")]
    [InlineData("ECHO", "-ERR wrong number of arguments for 'echo' command")]
    [InlineData("SELECT 1", "+OK")]
    [InlineData("SELECT 16", "-ERR DB index is out of range")]
    [InlineData("SELECT x", "-ERR value is not an integer or out of range")]
    [InlineData("AUTH any", "+OK")]
    [InlineData("AUTH a b c", "-ERR syntax error")]
    [InlineData("CLIENT SETINFO LIB-NAME redis-py", "+OK")]
    [InlineData("CLIENT SETINFO FOO x", "-ERR Unrecognized option 'FOO'")]
    [InlineData("CLIENT GETNAME", "nil")]
    [InlineData("CLIENT SETNAME a\u00e4", "-ERR Client names cannot contain spaces, newlines or special characters.")]
    [InlineData("CLIENT NO-EVICT on", "+OK")]
    [InlineData("CLIENT REPLY ON", "+OK")]
    [InlineData("CLIENT ID x", "-ERR wrong number of arguments for 'client|id' command")]
    [InlineData("CLIENT FOO", "-ERR unknown subcommand 'FOO'. Try CLIENT HELP.")]
    [InlineData("HELLO x", "-ERR Protocol version is not an integer or out of range")]
    [InlineData("HELLO 4", "-NOPROTO unsupported protocol version")]
    [InlineData("HELLO 3 FOO", "-ERR Syntax error in HELLO option 'FOO'")]
    [InlineData("HELLO 3 AUTH default", "-ERR Syntax error in HELLO option 'AUTH'")]
    [InlineData("RESET", "+RESET")]
    [InlineData("COMMAND FOO", "-ERR unknown subcommand 'FOO'. Try COMMAND HELP.")]
    [InlineData("COMMAND INFO nope", "[nil]")]
    [InlineData("COMMAND DOCS nope", "[]")]
    [InlineData("COMMAND INFO xlen", "[[\"xlen\", :2, [+readonly, +fast], :1, :1, :1, [+@read, +@stream, +@fast], [], [], []]]")]
    [InlineData("INFO nothing", "\"\"")]
    [InlineData("FLUSHALL now", "-ERR unknown command 'FLUSHALL', with args beginning with: 'now' ")]
    public async Task Answer_AsRedisDoes(string words, string answer) => Assert.Equal(answer, await _client.AskAsync(words));

    [Fact]
    public async Task Hello_SetsTheVersionAndTheName()
    {
        var id = (await _client.AskAsync("CLIENT ID"))[1..];

        Assert.Equal($$"""{"server": "redis", "version": "7.0.15", "proto": :3, "id": :{{id}}, "mode": "standalone", "role": "master", "modules": []}""", await _client.AskAsync("HELLO 3 AUTH default any SETNAME agent"));
        Assert.Equal("\"agent\"", await _client.AskAsync("CLIENT GETNAME"));
        Assert.Equal($"""["server", "redis", "version", "7.0.15", "proto", :2, "id", :{id}, "mode", "standalone", "role", "master", "modules", []]""", await _client.AskAsync("HELLO 2"));

        await _client.AskAsync("HELLO 3");
        Assert.Equal("+RESET", await _client.AskAsync("RESET"));
        Assert.Equal("nil", await _client.AskAsync("CLIENT GETNAME"));
        Assert.Equal("[nil]", await _client.AskAsync("COMMAND INFO nope"));
    }

    [Fact]
    public async Task Info_SaysThatItIsReady()
    {
        var info = await _client.AskAsync("INFO");

        Assert.Contains("redis_version:7.0.15\r\n", info, StringComparison.Ordinal);
        Assert.Contains("loading:0\r\n", info, StringComparison.Ordinal);
        Assert.Matches("connected_clients:[1-9]", info);
        await _client.AskAsync("HELLO 3");
        Assert.StartsWith("\"txt:# Clients\r\n", await _client.AskAsync("INFO clients"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_Listed_IsServed()
    {
        var count = int.Parse((await _client.AskAsync("COMMAND COUNT"))[1..]);
        var names = (await _client.AskAsync("COMMAND LIST")).Trim('[', ']').Split(", ");

        Assert.Equal(count, names.Length);
        Assert.Contains("\"xread\"", names);
        await _client.AskAsync("HELLO 3");
        Assert.StartsWith("{\"ping\": {\"summary\": ", await _client.AskAsync("COMMAND DOCS ping"), StringComparison.Ordinal);
        Assert.StartsWith("{\"xadd\": ", await _client.AskAsync("COMMAND DOCS"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quit_IsAnsweredAndEnds()
    {
        Assert.Equal("+OK", await _client.AskAsync("QUIT"));
        Assert.Equal("end", await _client.ReadAsync());
    }
}
