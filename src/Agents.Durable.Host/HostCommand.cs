using System.CommandLine;
using System.Net;

namespace Agents.Durable.Host;

/// <summary>The command line. Addresses of an outside PostgreSQL or Temporal come from the configuration: see the README.</summary>
internal static class HostCommand
{
    public static RootCommand Create(Func<HostSettings, Task> run)
    {
        var defaults = new HostSettings();
        var roles = new Option<string>("--roles") { Description = "What this process does: any of gateway, worker, temporal.", DefaultValueFactory = _ => "gateway,worker,temporal" };
        var listen = new Option<string>("--listen") { Description = "Address that the gateway listens on.", DefaultValueFactory = _ => $"{defaults.Listen}" };
        var port = new Option<int>("--port") { Description = "Port of the gateway.", DefaultValueFactory = _ => defaults.Port };
        var temporalPort = new Option<int>("--temporal-port") { Description = "Port of the embedded Temporal server, on loopback.", DefaultValueFactory = _ => defaults.TemporalPort };
        var streamPort = new Option<int?>("--stream-port") { Description = "Port of the stream intake for agents that write with Redis commands, on loopback; -1 for none. [default: 6379 if it is free]" };
        var data = new Option<string>("--data") { Description = "Folder of everything the embedded parts store.", DefaultValueFactory = _ => defaults.Data };
        var walkthrough = new Option<FileInfo?>("--walkthrough") { Description = "A text to show once the gateway serves; {url} and {data} in it are filled in." };
        roles.Validators.Add(result =>
        {
            if (Parse(result.GetValueOrDefault<string>()) == HostRoles.None)
            {
                result.AddError("--roles takes gateway, worker and temporal, separated by commas.");
            }
        });
        listen.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--listen takes an IP address; 0.0.0.0 is every one of this machine.");
            }
        });

        var command = new RootCommand("Durable agents: gateway, workers and an embedded Temporal-compatible server in one process.") { roles, listen, port, temporalPort, streamPort, data, walkthrough };
        command.SetAction(result => run(new HostSettings
        {
            Roles = Parse(result.GetValue(roles)),
            Listen = IPAddress.Parse(result.GetValue(listen)!),
            Port = result.GetValue(port),
            TemporalPort = result.GetValue(temporalPort),
            StreamPort = result.GetValue(streamPort),
            Data = Path.GetFullPath(result.GetValue(data)!),
            Walkthrough = result.GetValue(walkthrough) is { } file ? File.ReadAllText(file.FullName).TrimEnd() : null,
        }));
        return command;
    }

    private static HostRoles Parse(string? text)
    {
        var roles = HostRoles.None;
        foreach (var word in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Enum.TryParse<HostRoles>(word, ignoreCase: true, out var role) || char.IsDigit(word[0]))
            {
                return HostRoles.None;
            }

            roles |= role;
        }

        return roles;
    }
}
