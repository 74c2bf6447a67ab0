using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Gateway.Tests.Intake;

/// <summary>The other commands about streams and keys: what they tell, and that none of them takes anything from viewers.</summary>
public sealed class IntakeStreamTests(GatewayServer server) : IAsyncLifetime
{
    private readonly GatewayCalls _calls = new(server.Address);
    private RespClient _client = null!;
    private string _task = "", _key = "";

    public async ValueTask InitializeAsync()
    {
        _task = await _calls.CreateTaskAsync(await _calls.DefineAsync());
        _key = $"task:{_task}";
        _client = await RespClient.OpenAsync(server.IntakePort);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _calls.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Range_OfIds_IsInclusiveUnlessSaidOtherwise()
    {
        string[] ids = [await _client.AddAsync(_task, "a"), await _client.AddAsync(_task, "b"), await _client.AddAsync(_task, "c")];
        string[] shown = [RespClient.Shown(ids[0], "a"), RespClient.Shown(ids[1], "b"), RespClient.Shown(ids[2], "c")];

        Assert.Equal($"[{shown[0]}, {shown[1]}, {shown[2]}]", await _client.AskAsync($"XRANGE {_key} - +"));
        Assert.Equal($"[{shown[0]}]", await _client.AskAsync($"XRANGE {_key} - + COUNT 1"));
        Assert.Equal($"[{shown[1]}, {shown[2]}]", await _client.AskAsync($"XRANGE {_key} {ids[1]} {ids[2]}"));
        Assert.Equal($"[{shown[1]}]", await _client.AskAsync($"XRANGE {_key} ({ids[0]} ({ids[2]}"));
        Assert.Equal($"[{shown[2]}, {shown[1]}]", await _client.AskAsync($"XREVRANGE {_key} + - COUNT 2"));
        Assert.Equal($"[{shown[1]}, {shown[0]}]", await _client.AskAsync($"XREVRANGE {_key} {ids[1]} -"));
        Assert.Equal($"[{shown[0]}, {shown[1]}, {shown[2]}]", await _client.AskAsync($"XRANGE {_key} {Moment(ids[0])} {Moment(ids[2])}"));
        Assert.Equal("[]", await _client.AskAsync($"XRANGE {_key} {Moment(ids[2]) + 1} +"));
        Assert.Equal("nil[]", await _client.AskAsync($"XRANGE {_key} - + COUNT 0"));
        Assert.Equal("[]", await _client.AskAsync("XRANGE task:none - + COUNT 0"));
    }

    [Fact]
    public async Task Range_RightBehindWritesOfTheSameClient_HasThem()
    {
        await _client.SendAsync([.. RespClient.Command("XADD", _key, "*", "data", RespClient.Delta("a")), .. RespClient.Command("XLEN", _key), .. RespClient.Command("XREAD", "STREAMS", _key, "0")]);

        var id = (await _client.ReadAsync()).Trim('"');
        Assert.Equal(":1", await _client.ReadAsync());
        Assert.Equal($"""[["{_key}", [{RespClient.Shown(id, "a")}]]]""", await _client.ReadAsync());
    }

    [Fact]
    public async Task Read_FoldedDeltas_GivesThemWholeOrNotAtAll()
    {
        string[] ids = [await _client.AddAsync(_task, "a"), await _client.AddAsync(_task, "b"), await _client.AddAsync(_task, "c"), await _client.AddAsync(_task, "d")];
        var (first, third) = (ids[0].Split('-')[1], ids[2].Split('-')[1]);
        await using (var fold = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            $"DELETE FROM task_stream WHERE task_id = '{_task}' AND seq < {third}; UPDATE task_stream SET from_seq = {first} WHERE task_id = '{_task}' AND seq = {third}"))
        {
            await fold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var (whole, last) = (RespClient.Shown(ids[2], "c"), RespClient.Shown(ids[3], "d"));
        Assert.Equal($"[{whole}, {last}]", await _client.AskAsync($"XRANGE {_key} - +"));
        Assert.Equal($"[{whole}]", await _client.AskAsync($"XRANGE {_key} {ids[2]} {ids[2]}"));
        Assert.Equal($"[{last}]", await _client.AskAsync($"XRANGE {_key} ({ids[1]} +"));
        Assert.Equal($"""[["{_key}", [{whole}, {last}]]]""", await _client.AskAsync($"XREAD STREAMS {_key} 0"));
        Assert.Equal($"""[["{_key}", [{last}]]]""", await _client.AskAsync($"XREAD STREAMS {_key} {ids[0]}"));
        Assert.Equal(":2", await _client.AskAsync($"XLEN {_key}"));
    }

    [Fact]
    public async Task Keys_OfAStream_AreThereOnceItHasAnEntry()
    {
        Assert.Equal(":0", await _client.AskAsync($"EXISTS {_key}"));
        Assert.Equal("+none", await _client.AskAsync($"TYPE {_key}"));
        Assert.Equal(":-2", await _client.AskAsync($"TTL {_key}"));
        Assert.Equal("nil", await _client.AskAsync($"GET {_key}"));
        Assert.Equal("-ERR no such key", await _client.AskAsync($"XINFO STREAM {_key}"));
        Assert.Equal("nil", await _client.AskAsync("XADD", _key, "NOMKSTREAM", "*", "data", RespClient.Delta("a")));

        var id = await _client.AddAsync(_task, "a");

        Assert.Equal(":2", await _client.AskAsync($"EXISTS {_key} task:none {_key}"));
        Assert.Equal("+stream", await _client.AskAsync($"TYPE {_key}"));
        Assert.Equal("-WRONGTYPE Operation against a key holding the wrong kind of value", await _client.AskAsync($"GET {_key}"));
        Assert.Equal(
            $$"""["length", :1, "radix-tree-keys", :1, "radix-tree-nodes", :2, "last-generated-id", "{{id}}", "max-deleted-entry-id", "0-0", "entries-added", :1, "recorded-first-entry-id", "{{id}}", "groups", :0, "first-entry", {{RespClient.Shown(id, "a")}}, "last-entry", {{RespClient.Shown(id, "a")}}]""",
            await _client.AskAsync($"XINFO STREAM {_key}"));
        Assert.Equal("[]", await _client.AskAsync($"XINFO GROUPS {_key}"));
    }

    [Fact]
    public async Task Deleting_ByAnyCommand_TakesNothingFromViewers()
    {
        var id = await _client.AddAsync(_task, "a");
        await _client.AskAsync("XADD", _key, "MAXLEN", "1", "*", "data", RespClient.Delta("b"));

        Assert.Equal(":0", await _client.AskAsync($"DEL {_key} task:none"));
        Assert.Equal(":0", await _client.AskAsync($"UNLINK {_key}"));
        Assert.Equal(":0", await _client.AskAsync($"XTRIM {_key} MAXLEN 0"));
        Assert.Equal(":0", await _client.AskAsync($"XDEL {_key} {id}"));
        Assert.Equal(":1", await _client.AskAsync($"EXPIRE {_key} 0"));
        Assert.Equal(":1", await _client.AskAsync($"PEXPIRE {_key} -1"));
        Assert.Equal(":-1", await _client.AskAsync($"TTL {_key}"));
        Assert.Equal(":0", await _client.AskAsync($"PERSIST {_key}"));

        Assert.Equal(":2", await _client.AskAsync($"XLEN {_key}"));
        await _calls.OkAsync("POST", $"/tasks/{_task}/complete");
        var events = await _calls.TextAsync($"/tasks/{_task}/stream", lastEventId: 0);
        Assert.Contains("\"text_delta\":\"a\"", events, StringComparison.Ordinal);
        Assert.Contains("\"text_delta\":\"b\"", events, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"error","message":"boom"}""", true)]
    [InlineData("""{"type":"connected","taskId":"t"}""", true)]
    [InlineData("""{"type":"error"}""", false)]
    [InlineData("""{"type":"error","message":null}""", false)]
    [InlineData("""{"type":"task_updated","task":{"id":"t","status":"COMPLETED"}}""", false)]
    [InlineData("""{"type":"nothing"}""", false)]
    [InlineData("no json", false)]
    [InlineData("null", false)]
    public async Task Add_OtherThanUpdates_IsShownIfAnEventOfItsOwn(string data, bool isShown)
    {
        Assert.StartsWith("\"", await _client.AskAsync("XADD", _key, "*", "data", data), StringComparison.Ordinal);

        Assert.Equal(isShown ? ":1" : ":0", await _client.AskAsync($"XLEN {_key}"));
        await _calls.OkAsync("POST", $"/tasks/{_task}/complete");
        Assert.Equal(isShown, (await _calls.TextAsync($"/tasks/{_task}/stream", lastEventId: 0)).Contains($"data: {data}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_AfterTheTaskEnded_GoesOn()
    {
        await _calls.OkAsync("POST", $"/tasks/{_task}/complete");
        var id = await _client.AddAsync(_task, "late");

        Assert.Equal($"[{RespClient.Shown(id, "late")}]", await _client.AskAsync($"XREVRANGE {_key} + - COUNT 1"));
        Assert.Contains("task_updated", await _client.AskAsync($"XREAD COUNT 1 BLOCK 0 STREAMS {_key} 0"), StringComparison.Ordinal);
        Assert.Contains("late", await _client.AskAsync($"XREAD BLOCK 0 STREAMS {_key} 0"), StringComparison.Ordinal);
        Assert.Equal("nil[]", await _client.AskAsync($"XREAD BLOCK 20 STREAMS {_key} {id}"));
    }

    /// <summary>What Redis 7.0.15 answered to the same words.</summary>
    [Theory]
    [InlineData("XREAD STREAMS KEY", "ERR wrong number of arguments for 'xread' command")]
    [InlineData("XREAD STREAMS a b 0", "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.")]
    [InlineData("XREAD COUNT x STREAMS KEY 0", "ERR value is not an integer or out of range")]
    [InlineData("XREAD COUNT STREAMS KEY 0", "ERR value is not an integer or out of range")]
    [InlineData("XREAD FOO 1 STREAMS KEY 0", "ERR syntax error")]
    [InlineData("XREAD COUNT 1 FOO", "ERR syntax error")]
    [InlineData("XREAD BLOCK x STREAMS KEY 0", "ERR timeout is not an integer or out of range")]
    [InlineData("XREAD BLOCK -1 STREAMS KEY 0", "ERR timeout is negative")]
    [InlineData("XREAD STREAMS KEY >", "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.")]
    [InlineData("XREAD STREAMS KEY 1-2-3", "ERR Invalid stream ID specified as stream command argument")]
    [InlineData("XREAD STREAMS KEY 99999999999999999999", "ERR Invalid stream ID specified as stream command argument")]
    [InlineData("XREAD GROUP g c STREAMS KEY 0", "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.")]
    [InlineData("XADD KEY * a b c", "ERR wrong number of arguments for 'xadd' command")]
    [InlineData("XADD KEY MAXLEN x * a b", "ERR value is not an integer or out of range")]
    [InlineData("XADD KEY MAXLEN -1 * a b", "ERR The MAXLEN argument must be >= 0.")]
    [InlineData("XADD KEY MAXLEN 10 LIMIT 5 * a b", "ERR syntax error, LIMIT cannot be used without the special ~ option")]
    [InlineData("XADD KEY LIMIT 5 * a b", "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy")]
    [InlineData("XADD KEY MAXLEN ~ 10 LIMIT -5 * a b", "ERR The LIMIT argument must be >= 0.")]
    [InlineData("XADD KEY MAXLEN ~ 10 MINID 5 * a b", "ERR syntax error, MAXLEN and MINID options at the same time are not compatible")]
    [InlineData("XADD KEY MINID ~ x * a b", "ERR Invalid stream ID specified as stream command argument")]
    [InlineData("XADD KEY foo a b", "ERR Invalid stream ID specified as stream command argument")]
    [InlineData("XADD KEY 0-0 a b", "ERR The ID specified in XADD must be greater than 0-0")]
    [InlineData("XRANGE KEY - + COUNT", "ERR syntax error")]
    [InlineData("XRANGE KEY - + COUNT x", "ERR value is not an integer or out of range")]
    [InlineData("XRANGE KEY (- +", "ERR Invalid stream ID specified as stream command argument")]
    [InlineData("XRANGE KEY - (0-0", "ERR invalid end ID for the interval")]
    [InlineData("XRANGE KEY (18446744073709551615-18446744073709551615 +", "ERR invalid start ID for the interval")]
    [InlineData("XTRIM KEY FOO 5", "ERR syntax error")]
    [InlineData("XTRIM KEY MAXLEN 1000 FOO", "ERR syntax error")]
    [InlineData("XDEL KEY x", "ERR Invalid stream ID specified as stream command argument")]
    [InlineData("EXPIRE KEY x", "ERR value is not an integer or out of range")]
    [InlineData("EXPIRE KEY 10 FOO", "ERR Unsupported option FOO")]
    [InlineData("EXPIRE KEY 10 NX GT", "ERR NX and XX, GT or LT options at the same time are not compatible")]
    [InlineData("EXPIRE KEY 99999999999999999", "ERR invalid expire time in 'expire' command")]
    [InlineData("XINFO FOO KEY", "ERR unknown subcommand 'FOO'. Try XINFO HELP.")]
    [InlineData("XLEN a b", "ERR wrong number of arguments for 'xlen' command")]
    public async Task Refused_AsRedisDoes(string words, string error) =>
        Assert.Equal($"-{error}", await _client.AskAsync(words.Replace("KEY", _key, StringComparison.Ordinal)));

    private static long Moment(string id) => long.Parse(id.Split('-')[0]);
}
