using Agents.Durable.Data.Stream;
using Agents.Durable.Gateway.Auth;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>What commands need of the rest of the gateway.</summary>
internal sealed class IntakeServices(TaskStream stream, NpgsqlDataSource database, AgentKeys keys, IOptions<AuthOptions> auth, TimeProvider time)
{
    public TaskStream Stream => stream;

    public NpgsqlDataSource Database => database;

    public EntryRows Entries { get; } = new(database);

    public AgentKeys Keys => keys;

    public TimeProvider Time => time;

    public IntakeCounts Counts { get; } = new(time.GetUtcNow());

    /// <summary>In Development nobody need show a key, and every task is open.</summary>
    public bool TrustsAll => auth.Value.Mode == AuthMode.Development;
}

/// <summary>What INFO tells of the clients.</summary>
internal sealed class IntakeCounts(DateTimeOffset since)
{
    public DateTimeOffset Since => since;

    public int Connected;
    public int Blocked;
    public long Received;
    public long Rejected;
    public long Commands;
}
