using System.Text;
using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data;
using Agents.Durable.Data.Stream;
using Agents.Durable.Gateway.Auth;
using Npgsql;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>
/// One client's commands: what an SDK of Agentex needs of Redis to write an agent's live output, and no more. Outside Development the
/// client first shows its agent's key (AUTH) and writes to tasks of that agent only.
/// </summary>
internal sealed class IntakeSession(TaskStream stream, NpgsqlDataSource database, AgentKeys keys, bool trusted, TimeProvider time)
{
    private const string KeyPrefix = "task:";
    private const string TaskSql = """
        SELECT 1 FROM tasks t WHERE id = $1 AND owner = coalesce($2, owner) AND ($3 IS NULL OR EXISTS (SELECT FROM task_agents WHERE task_id = t.id AND agent_id = $3))
        """;

    private readonly HashSet<string> _writable = new(StringComparer.Ordinal);
    private Caller? _agent;

    /// <summary>
    /// Begins one command. What is returned completes with its answer; the next command may begin before that, so a client that sends many
    /// at once gets them into few commits, in order.
    /// </summary>
    public async ValueTask<Task<RespReply>> BeginAsync(byte[][] command, CancellationToken cancellationToken) =>
        Text(command, 0).Equals("XADD", StringComparison.OrdinalIgnoreCase)
            ? await AddAsync(command, cancellationToken)
            : Task.FromResult(await AnswerAsync(command, cancellationToken));

    private async ValueTask<RespReply> AnswerAsync(byte[][] command, CancellationToken cancellationToken)
    {
        var name = Text(command, 0).ToUpperInvariant();
        return name switch
        {
            "EXPIRE" => command.Length >= 3 ? new RespInteger(1) : WrongNumber(name),
            "XRANGE" => await RangeAsync(command, cancellationToken),
            "AUTH" => await AuthenticateAsync(command, cancellationToken),
            "HELLO" => await HelloAsync(command, cancellationToken),
            "PING" => command.Length > 1 ? new RespBulk(command[1]) : new RespStatus("PONG"),
            "CLIENT" or "SELECT" or "QUIT" => RespReply.Ok,
            _ => RespReply.Error($"ERR unknown command '{name}': this port takes the live output of agents (XADD, EXPIRE, XRANGE)"),
        };
    }

    // XADD key [NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT count]] id field value …
    private async ValueTask<Task<RespReply>> AddAsync(byte[][] command, CancellationToken cancellationToken)
    {
        var at = 2;
        while (at < command.Length && Text(command, at).ToUpperInvariant() is "NOMKSTREAM" or "MAXLEN" or "MINID" or "LIMIT" or "~" or "=")
        {
            var word = Text(command, at++).ToUpperInvariant();
            at += word is "NOMKSTREAM" or "~" or "=" ? 0 : Text(command, at) is "~" or "=" ? 2 : 1;
        }

        if (at + 2 >= command.Length || (command.Length - at) % 2 == 0)
        {
            return Task.FromResult(WrongNumber("XADD"));
        }

        if (await TaskOfAsync(command[1], cancellationToken) is not { } taskId)
        {
            return Task.FromResult(RespReply.Error("NOPERM no task of that id takes output from this client"));
        }

        for (var field = at + 1; field < command.Length; field += 2)
        {
            if (Text(command, field) == "data" && Read(command[field + 1]) is { } update)
            {
                return AppendAsync(taskId, update, cancellationToken);
            }
        }

        // As with Redis, what is no update can be written; no viewer would see it.
        return Task.FromResult(Entry(time.GetUtcNow(), 0));
    }

    private async Task<RespReply> AppendAsync(string taskId, TaskMessageUpdate update, CancellationToken cancellationToken) =>
        Entry(time.GetUtcNow(), await stream.AppendAsync(taskId, StreamItem.Of(update), cancellationToken));

    private async ValueTask<RespReply> RangeAsync(byte[][] command, CancellationToken cancellationToken)
    {
        if (command.Length is not (4 or 6))
        {
            return WrongNumber("XRANGE");
        }

        if (await TaskOfAsync(command[1], cancellationToken) is not { } taskId)
        {
            return new RespArray();
        }

        var (first, last) = (Bound(Text(command, 2), isStart: true), Bound(Text(command, 3), isStart: false));
        var most = command.Length == 6 && int.TryParse(Text(command, 5), out var count) ? count : 10_000;
        var page = await stream.PageAsync(taskId, first - 1, most, cancellationToken);
        return new RespArray([.. page.Where(f => f.Seq <= last && !f.Flags.HasFlag(StreamFlags.HubOnly))
            .Select(f => new RespArray(Entry(f.At, f.Seq), new RespArray(RespReply.Text("data"), new RespBulk(f.Update))))]);
    }

    private async ValueTask<RespReply> AuthenticateAsync(byte[][] command, CancellationToken cancellationToken)
    {
        if (command.Length is not (2 or 3))
        {
            return WrongNumber("AUTH");
        }

        _writable.Clear();
        _agent = await keys.FindAsync(Text(command, command.Length - 1), cancellationToken);
        return _agent is not null || trusted ? RespReply.Ok : RespReply.Error("WRONGPASS the password is the agent's key");
    }

    /// <summary>The greeting of newer clients, which may bring the key: <c>HELLO [version [AUTH user key] [SETNAME name]]</c>.</summary>
    private async ValueTask<RespReply> HelloAsync(byte[][] command, CancellationToken cancellationToken)
    {
        var auth = Enumerable.Range(2, Math.Max(0, command.Length - 2)).FirstOrDefault(at => Text(command, at).Equals("AUTH", StringComparison.OrdinalIgnoreCase));
        if (auth > 0 && await AuthenticateAsync(command[auth..Math.Min(command.Length, auth + 3)], cancellationToken) is var answer && answer != RespReply.Ok)
        {
            return answer;
        }

        return Hello(command);
    }

    private static RespReply Hello(byte[][] command)
    {
        RespReply[] about =
        [
            RespReply.Text("server"), RespReply.Text("redis"), RespReply.Text("version"), RespReply.Text("7.0.0"),
            RespReply.Text("proto"), new RespInteger(Text(command, 1) == "3" ? 3 : 2), RespReply.Text("mode"), RespReply.Text("standalone"),
            RespReply.Text("role"), RespReply.Text("master"), RespReply.Text("modules"), new RespArray(),
        ];
        return Text(command, 1) == "3" ? new RespMap(about) : new RespArray(about);
    }

    /// <summary>The task that the key names, if there is one this client may write to.</summary>
    private async ValueTask<string?> TaskOfAsync(byte[] key, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(key);
        if (!text.StartsWith(KeyPrefix, StringComparison.Ordinal) || (_agent is null && !trusted))
        {
            return null;
        }

        var taskId = text[KeyPrefix.Length..];
        if (_writable.Contains(taskId))
        {
            return taskId;
        }

        // Plain SQL: the first word of an agent would otherwise wait until a query is translated for the first time in this process.
        await using var statement = await PreparedStatement.OnAsync(
            database, TaskSql, [SqlValue.Text(taskId), SqlValue.Text(_agent?.Owner.Value), SqlValue.Text(trusted ? null : _agent?.AgentId)], cancellationToken);
        var found = await statement.ScalarAsync(cancellationToken) is not null;
        if (found)
        {
            _writable.Add(taskId);
        }

        return found ? taskId : null;
    }

    private static TaskMessageUpdate? Read(byte[] json)
    {
        try
        {
            return Wire.FromJson<TaskMessageUpdate>(json);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    private static RespReply Entry(DateTimeOffset at, long seq) => RespReply.Text($"{at.ToUnixTimeMilliseconds()}-{seq}");

    // Entries are ordered by their number; the time before it only looks like Redis.
    private static long Bound(string id, bool isStart)
    {
        if (id is "-" or "+")
        {
            return id == "-" ? 1 : long.MaxValue;
        }

        var exclusive = id.StartsWith('(');
        var seq = long.TryParse(id[(id.IndexOf('-', StringComparison.Ordinal) + 1)..], out var number) ? number : 0;
        return exclusive ? seq + (isStart ? 1 : -1) : seq;
    }

    private static RespReply WrongNumber(string name) => RespReply.Error($"ERR wrong number of arguments for '{name.ToLowerInvariant()}' command");

    private static string Text(byte[][] command, int index) => index < command.Length ? Encoding.UTF8.GetString(command[index]) : "";
}
