using System.Net.Sockets;
using System.Text;

namespace Agents.Durable.Gateway.Tests.Intake;

/// <summary>
/// A client of Redis that shows what comes: <c>+OK</c>, <c>-ERR …</c>, <c>:1</c>, text in quotes, <c>nil</c>, <c>nil[]</c>, <c>[…]</c>, <c>~[…]</c> for a set, <c>{…}</c> for a map.
/// </summary>
internal sealed class RespClient : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private BufferedStream? _answers;

    public static async Task<RespClient> OpenAsync(int port)
    {
        var client = new RespClient();
        await client._client.ConnectAsync("127.0.0.1", port);
        client._answers = new BufferedStream(client._client.GetStream(), 64 * 1024);
        return client;
    }

    /// <summary>Sends one command of words without spaces.</summary>
    public Task<string> AskAsync(string words) => AskAsync(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public async Task<string> AskAsync(params string[] words)
    {
        await SendAsync(Command(words));
        return await ReadAsync();
    }

    /// <summary>Writes an update with one delta; the answer is the entry's id.</summary>
    public async Task<string> AddAsync(string taskId, string text) => (await AskAsync("XADD", $"task:{taskId}", "MAXLEN", "~", "10000", "*", "data", Delta(text))).Trim('"');

    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes, Late());

    /// <summary>The next answer; <c>end</c> when there is none any more.</summary>
    public Task<string> ReadAsync() => Task.Run(Read).WaitAsync(Late());

    public static byte[] Command(params string[] words) =>
        Encoding.UTF8.GetBytes($"*{words.Length}\r\n{string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))}");

    public static string Delta(string text) => $$$"""{"type":"delta","delta":{"type":"text","text_delta":"{{{text}}}"}}""";

    /// <summary>An entry of such a delta as it is read.</summary>
    public static string Shown(string id, string text) => $$$"""["{{{id}}}", ["data", "{"type":"delta","delta":{"type":"text","text_delta":"{{{text}}}"},"index":null,"parent_task_message":null}"]]""";

    public static CancellationToken Late()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(GatewayServer.Limit);
        return source.Token;
    }

    /// <summary>Ends as the connection of a killed client does that has left something unread.</summary>
    public void Reset()
    {
        _client.Client.Close(timeout: 0);
        Dispose();
    }

    public void Dispose()
    {
        _answers?.Dispose();
        _client.Dispose();
    }

    private string Read()
    {
        var line = Line();
        return line.Length == 0 ? "end" : line[0] switch
        {
            '$' or '=' => int.Parse(line[1..]) is >= 0 and var length ? $"\"{Bytes(length)}\"" : "nil",
            '*' => int.Parse(line[1..]) is >= 0 and var count ? $"[{Items(count)}]" : "nil[]",
            '~' => $"~[{Items(int.Parse(line[1..]))}]",
            '%' => $"{{{string.Join(", ", Enumerable.Range(0, int.Parse(line[1..])).Select(_ => $"{Read()}: {Read()}"))}}}",
            '_' => "nil",
            _ => line,
        };
    }

    private string Items(int count) => string.Join(", ", Enumerable.Range(0, count).Select(_ => Read()));

    private string Bytes(int length)
    {
        var bytes = new byte[length + 2];
        _answers!.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private string Line()
    {
        var bytes = new List<byte>();
        while (_answers!.ReadByte() is >= 0 and var next && next != '\n')
        {
            bytes.Add((byte)next);
        }

        return Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
    }
}
