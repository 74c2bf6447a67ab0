namespace Agents.Durable.Gateway.Tests.Intake;

/// <summary>XREAD: what readers of streams get, at once and after waiting.</summary>
public sealed class IntakeReadTests(OwnGateway server) : IClassFixture<OwnGateway>, IAsyncLifetime
{
    private readonly GatewayCalls _calls = new(server.Address);
    private RespClient _reader = null!, _writer = null!;
    private string _task = "", _other = "";

    public async ValueTask InitializeAsync()
    {
        var agent = await _calls.DefineAsync();
        (_task, _other) = (await _calls.CreateTaskAsync(agent), await _calls.CreateTaskAsync(agent));
        (_reader, _writer) = (await RespClient.OpenAsync(server.IntakePort), await RespClient.OpenAsync(server.IntakePort));
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _writer.Dispose();
        _calls.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Read_FromTheStart_ThenBehindTheLast_GetsEachOnce()
    {
        var (first, second, third) = (await _writer.AddAsync(_task, "a"), await _writer.AddAsync(_task, "b"), await _writer.AddAsync(_task, "c"));

        Assert.Equal($"""[["task:{_task}", [{RespClient.Shown(first, "a")}, {RespClient.Shown(second, "b")}]]]""", await _reader.AskAsync($"XREAD COUNT 2 STREAMS task:{_task} 0"));
        Assert.Equal($"""[["task:{_task}", [{RespClient.Shown(third, "c")}]]]""", await _reader.AskAsync($"XREAD COUNT 2 STREAMS task:{_task} {second}"));
        Assert.Equal("nil[]", await _reader.AskAsync($"XREAD STREAMS task:{_task} {third}"));
        Assert.Equal("nil[]", await _reader.AskAsync($"XREAD STREAMS task:{_task} $"));
    }

    [Fact]
    public async Task Read_BehindAMoment_GetsWhatCameLater()
    {
        var id = await _writer.AddAsync(_task, "a");
        var at = long.Parse(id.Split('-')[0]);

        Assert.Equal($"""[["task:{_task}", [{RespClient.Shown(id, "a")}]]]""", await _reader.AskAsync($"XREAD STREAMS task:{_task} {at - 1}"));
        Assert.Equal($"""[["task:{_task}", [{RespClient.Shown(id, "a")}]]]""", await _reader.AskAsync($"XREAD STREAMS task:{_task} 0-99"));
        Assert.Equal("nil[]", await _reader.AskAsync($"XREAD STREAMS task:{_task} {at + 1}-0"));
    }

    [Fact]
    public async Task Read_SeveralStreams_AnswersThoseThatHaveSome()
    {
        var id = await _writer.AddAsync(_other, "a");

        Assert.Equal($"""[["task:{_other}", [{RespClient.Shown(id, "a")}]]]""", await _reader.AskAsync($"XREAD STREAMS task:{_task} task:{_other} task:none 0 0 0"));
    }

    [Fact]
    public async Task Read_InVersion3_IsAMapAndOneKindOfNothing()
    {
        var id = await _writer.AddAsync(_task, "a");
        await _reader.AskAsync("HELLO 3");

        Assert.Equal($$"""{"task:{{_task}}": [{{RespClient.Shown(id, "a")}}]}""", await _reader.AskAsync($"XREAD STREAMS task:{_task} 0"));
        Assert.Equal("nil", await _reader.AskAsync($"XREAD STREAMS task:{_task} $"));
    }

    [Fact]
    public async Task Block_Nothing_EndsAfterItsTime() => Assert.Equal("nil[]", await _reader.AskAsync($"XREAD BLOCK 30 STREAMS task:{_task} task:none $ 0"));

    [Fact]
    public async Task Block_WrittenMeanwhile_IsWoken()
    {
        await _writer.AddAsync(_other, "before");
        var reading = await ReadingAsync($"XREAD COUNT 10 BLOCK 0 STREAMS task:{_task} task:{_other} $ $");

        var id = await _writer.AddAsync(_other, "x");

        Assert.Equal($"""[["task:{_other}", [{RespClient.Shown(id, "x")}]]]""", await reading);
    }

    [Fact]
    public async Task Block_WrittenByAnotherGateway_IsWoken()
    {
        using var elsewhere = await RespClient.OpenAsync(server.Shared.IntakePort);
        var reading = await ReadingAsync($"XREAD BLOCK 0 STREAMS task:{_task} 0");

        var id = await elsewhere.AddAsync(_task, "x");

        Assert.Equal($"""[["task:{_task}", [{RespClient.Shown(id, "x")}]]]""", await reading);
    }

    [Fact]
    public async Task Block_CommandsSentMeanwhile_RunAfterIt()
    {
        var reading = await ReadingAsync($"XREAD BLOCK 0 STREAMS task:{_task} $");
        await _reader.SendAsync(RespClient.Command("PING"));
        await _reader.SendAsync(RespClient.Command("XLEN", $"task:{_task}"));

        await _writer.AddAsync(_task, "x");

        Assert.Contains("\"text_delta\":\"x\"", await reading, StringComparison.Ordinal);
        Assert.Equal("+PONG", await _reader.ReadAsync());
        Assert.Equal(":1", await _reader.ReadAsync());
    }

    [Fact]
    public async Task Block_ClientLeaves_Ends()
    {
        var leaving = await RespClient.OpenAsync(server.IntakePort);
        using (leaving)
        {
            await leaving.SendAsync([.. RespClient.Command("XREAD", "BLOCK", "0", "STREAMS", $"task:{_task}", "$"), .. RespClient.Command("PING")]);
            await BlockedAsync();
        }

        await NobodyElseAsync();
    }

    [Fact]
    public async Task Block_ClientIsKilled_Ends()
    {
        using var killed = await RespClient.OpenAsync(server.IntakePort);
        await killed.SendAsync(RespClient.Command("XREAD", "BLOCK", "0", "STREAMS", $"task:{_task}", "$"));
        await BlockedAsync();

        killed.Reset();

        await NobodyElseAsync();
    }

    [Fact]
    public async Task Block_MoreSentBehindItThanIsKept_Ends()
    {
        using var talker = await RespClient.OpenAsync(server.IntakePort);
        await talker.SendAsync(RespClient.Command("XREAD", "BLOCK", "0", "STREAMS", $"task:{_task}", "$"));
        await BlockedAsync();

        // What is not taken any more cannot be sent either.
        _ = talker.SendAsync(new byte[17 * 1024 * 1024]).ContinueWith(_ => { }, TaskScheduler.Default);

        await NobodyElseAsync();
    }

    [Fact]
    public async Task Answers_NeverRead_HoldNothingOnceTheClientLeft()
    {
        await _writer.AddAsync(_task, new string('x', 100_000));
        var leaving = await RespClient.OpenAsync(server.IntakePort);
        using (leaving)
        {
            var read = RespClient.Command("XRANGE", $"task:{_task}", "-", "+");
            var sending = leaving.SendAsync([.. Enumerable.Range(0, 5_000).SelectMany(_ => read)]);
            await GatewayCalls.UntilAsync(async () => (await _writer.AskAsync("INFO clients")).Contains("connected_clients:3\r\n", StringComparison.Ordinal));
            _ = sending.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await GatewayCalls.UntilAsync(async () => (await _writer.AskAsync("INFO clients")).Contains("connected_clients:2\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Block_ProcessStops_Ends()
    {
        await using var own = await server.Shared.StartAsync(options => options.Mode = Auth.AuthMode.Development);
        using var client = await RespClient.OpenAsync(GatewayServer.IntakePortOf(own.Services));
        await client.SendAsync([.. RespClient.Command("XREAD", "BLOCK", "0", "STREAMS", $"task:{_task}", "task:none", "$", "$"), .. RespClient.Command("PING")]);

        await own.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal("end", await client.ReadAsync());
    }

    private async Task<Task<string>> ReadingAsync(string words)
    {
        await _reader.SendAsync(RespClient.Command(words.Split(' ')));
        await BlockedAsync();
        return _reader.ReadAsync();
    }

    // Beside the reader and the writer of the test.
    private Task NobodyElseAsync() => GatewayCalls.UntilAsync(
        async () => (await _writer.AskAsync("INFO clients")).Contains("connected_clients:2\r\nblocked_clients:0\r\n", StringComparison.Ordinal));

    private Task BlockedAsync() => GatewayCalls.UntilAsync(async () => (await _writer.AskAsync("INFO clients")).Contains("blocked_clients:1\r\n", StringComparison.Ordinal));
}
