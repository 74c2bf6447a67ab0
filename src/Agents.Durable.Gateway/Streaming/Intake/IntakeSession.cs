using System.Collections.Concurrent;
using System.Text;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Auth;
using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>
/// One client: who it is and what it has set. Outside Development it first shows its agent's key (AUTH, or HELLO with AUTH), and then reads and writes the streams
/// of that agent's tasks only; all others are as if they were not there.
/// </summary>
internal sealed class IntakeSession(IntakeServices services, long id)
{
    private const string KeyPrefix = "task:";
    private const int MaxKnown = 10_000;

    // Plain SQL: the first word of an agent would otherwise wait until a query is translated for the first time in this process.
    private const string TaskSql = """
        SELECT 1 FROM tasks t WHERE id = $1 AND owner = coalesce($2, owner) AND ($3 IS NULL OR EXISTS (SELECT FROM task_agents WHERE task_id = t.id AND agent_id = $3))
        """;

    // A read that waits for several keys looks them up side by side.
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private Task _writing = Task.CompletedTask;
    private Caller? _agent;

    public IntakeServices Services => services;

    public long Id => id;

    public string Name { get; set; } = "";

    /// <summary>The version of the protocol, 2 or 3.</summary>
    public int Protocol { get; set; } = 2;

    /// <summary>Set when the client has asked to end.</summary>
    public bool IsClosing { get; set; }

    /// <summary>The client has yet to show its key.</summary>
    public bool IsStranger => _agent is null && !services.TrustsAll;

    /// <summary>Takes the key that a client shows; a wrong one also ends what an earlier one allowed.</summary>
    /// <returns>False when it is none. In Development every key will do.</returns>
    public async Task<bool> ShowAsync(string key, CancellationToken cancellationToken)
    {
        _known.Clear();
        _agent = await services.Keys.FindAsync(key, cancellationToken);
        return !IsStranger;
    }

    /// <summary>As a new connection is.</summary>
    public void Reset()
    {
        _known.Clear();
        (_agent, Name, Protocol) = (null, "", 2);
    }

    /// <summary>The task whose stream a key names, if this client may use it.</summary>
    public async ValueTask<string?> TaskOfAsync(byte[] key, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(key);
        if (!text.StartsWith(KeyPrefix, StringComparison.Ordinal) || IsStranger || text.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var taskId = text[KeyPrefix.Length..];
        if (_known.ContainsKey(taskId))
        {
            return taskId;
        }

        await using var statement = await PreparedStatement.OnAsync(
            services.Database, TaskSql,
            [SqlValue.Text(taskId), SqlValue.Text(_agent?.Owner.Value), SqlValue.Text(services.TrustsAll ? null : _agent?.AgentId)], cancellationToken);
        if (await statement.ScalarAsync(cancellationToken) is null)
        {
            return null;
        }

        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        _known[taskId] = true;
        return taskId;
    }

    /// <summary>Notes a write whose answer is not waited for before the next command begins.</summary>
    public Task<RespReply> Write(Task<RespReply> writing)
    {
        _writing = writing;
        return writing;
    }

    /// <summary>The writes of this client are done, so that it reads what it wrote. They are done in order: the last says it for all.</summary>
    public async Task WrittenAsync() => await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
