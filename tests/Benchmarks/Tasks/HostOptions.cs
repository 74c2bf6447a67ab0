using System.CommandLine;

namespace Agents.Durable.Benchmarks.Tasks;

/// <summary>The options that say which host is measured.</summary>
internal sealed record HostOptions(Option<string?> Address, Option<int> StreamPort, Option<string?> Dll)
{
    public static HostOptions AddTo(Command command)
    {
        var options = new HostOptions(
            new("--address") { Description = "A host that runs already; without it one is started on a data folder of its own." },
            new("--stream-port") { Description = "Where the running host takes the streams of agents.", DefaultValueFactory = _ => 6379 },
            new("--host") { Description = "The host's DLL to start. [default: the Release build, from the repository's folder]" });
        command.Options.Add(options.Address);
        command.Options.Add(options.StreamPort);
        command.Options.Add(options.Dll);
        return options;
    }

    public Task<HostProcess> StartAsync(ParseResult parsed) => HostProcess.StartAsync(parsed.GetValue(Address), parsed.GetValue(StreamPort), parsed.GetValue(Dll));
}
