using System.Globalization;
using System.Text;
using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>INFO [section …]</c>: enough for clients that ask whether the server is ready, and for those that count connections.</summary>
internal sealed class InfoCommand() : IntakeCommand("INFO", -1, new("Returns information and statistics about the server.", "1.0.0", "server"))
{
    /// <summary>The version of Redis whose answers these are.</summary>
    public const string Version = "7.0.15";

    protected override ValueTask<RespReply> RunAsync(CommandCall call)
    {
        var wanted = Enumerable.Range(1, call.Count - 1).Select(i => call.Text(i).ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        var all = wanted.Count == 0 || wanted.Overlaps(["all", "default", "everything"]);
        var text = new StringBuilder();
        foreach (var (section, lines) in Sections(call.Services).Where(section => all || wanted.Contains(section.Name.ToLowerInvariant())))
        {
            text.Append(text.Length > 0 ? "\r\n" : "").Append(CultureInfo.InvariantCulture, $"# {section}\r\n");
            foreach (var (name, value) in lines)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}:{value}\r\n");
            }
        }

        return ValueTask.FromResult<RespReply>(new RespVerbatim(text.ToString()));
    }

    private static IEnumerable<(string Name, (string Name, object Value)[] Lines)> Sections(IntakeServices services)
    {
        var counts = services.Counts;
        var up = services.Time.GetUtcNow() - counts.Since;
        yield return ("Server", [("redis_version", Version), ("redis_mode", "standalone"), ("process_id", Environment.ProcessId), ("uptime_in_seconds", (long)up.TotalSeconds), ("uptime_in_days", up.Days)]);
        yield return ("Clients", [("connected_clients", counts.Connected), ("blocked_clients", counts.Blocked), ("evicted_clients", 0), ("expired_clients", 0)]);
        yield return ("Persistence", [("loading", 0), ("async_loading", 0)]);
        yield return ("Stats", [("total_connections_received", counts.Received), ("total_commands_processed", counts.Commands), ("rejected_connections", counts.Rejected)]);
        yield return ("Replication", [("role", "master"), ("connected_slaves", 0)]);
        yield return ("Cluster", [("cluster_enabled", 0)]);
    }
}
