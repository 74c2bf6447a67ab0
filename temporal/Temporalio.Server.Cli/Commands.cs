using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Temporalio.Server.Cli;

/// <summary>
/// The command line: <c>server start-dev</c> with the official CLI's flags. Flags of the official CLI that mean nothing here are accepted and
/// ignored, so that SDK test environments can start this program in its place.
/// </summary>
internal static class Commands
{
    public static RootCommand Root() => new("A Temporal-compatible server.")
    {
        new Command("server", "Runs a server.") { StartDev() },
    };

    private static Command StartDev()
    {
        var port = new Option<int>("--port", "-p") { Description = "Port of the gRPC API; 0 takes a free one.", DefaultValueFactory = _ => 7233 };
        var ip = new Option<string>("--ip") { Description = "Address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var namespaces = new Option<string[]>("--namespace", "-n") { Description = "Namespace to have from the start, beside 'default'. May be given several times." };
        var databaseUrl = new Option<string?>("--database-url") { Description = "PostgreSQL to keep everything in (URL or connection string); without it in memory." };
        var schema = new Option<string>("--database-schema") { Description = "Schema of the tables in that database.", DefaultValueFactory = _ => "temporal" };
        var dynamicConfig = new Option<string[]>("--dynamic-config-value") { Description = "KEY=VALUE; keys that are not known are ignored. May be given several times." };
        var logLevel = new Option<string>("--log-level") { Description = "debug, info, warn, error or never.", DefaultValueFactory = _ => "warn" };
        var logFormat = new Option<string>("--log-format") { Description = "text, pretty or json.", DefaultValueFactory = _ => "text" };
        var databaseFile = new Option<string?>("--db-filename", "-f") { Hidden = true };
        Option[] ignored = [new Option<bool>("--headless") { Hidden = true }, .. Ignored("--ui-port", "--ui-ip", "--http-port", "--metrics-port", "--ui-asset-path", "--ui-public-path", "--ui-codec-endpoint", "--sqlite-pragma", "--search-attribute")];
        var command = new Command("start-dev", "Runs a server on this machine until it is told to stop.")
        {
            port, ip, namespaces, databaseUrl, schema, dynamicConfig, logLevel, logFormat, databaseFile,
        };
        foreach (var option in ignored)
        {
            command.Options.Add(option);
        }

        command.TreatUnmatchedTokensAsErrors = false;
        command.Validators.Add(result =>
        {
            if (result.GetValue(databaseFile) is not null)
            {
                result.AddError("--db-filename is not supported: this server keeps its data in PostgreSQL. Use --database-url.");
            }

            if (result.GetValue(ip) is { } text && !TryAddress(text, out _))
            {
                result.AddError($"--ip {text} is not an IP address.");
            }
        });
        command.SetAction((parsed, cancellationToken) => ServerHost.RunAsync(
            new ServerSettings
            {
                Address = TryAddress(parsed.GetValue(ip)!, out var address) ? address : IPAddress.Loopback,
                Port = parsed.GetValue(port),
                Namespaces = ["default", .. (parsed.GetValue(namespaces) ?? []).Where(n => n != "default").Distinct()],
                DatabaseUrl = parsed.GetValue(databaseUrl),
                DatabaseSchema = parsed.GetValue(schema)!,
                DynamicConfig = DynamicConfig.Parse(parsed.GetValue(dynamicConfig) ?? []),
                LogLevel = Level(parsed.GetValue(logLevel)!),
                JsonLog = parsed.GetValue(logFormat) == "json",
            },
            cancellationToken));
        return command;
    }

    private static IEnumerable<Option> Ignored(params string[] names) =>
        names.Select(n => new Option<string[]>(n) { Hidden = true, Arity = ArgumentArity.ZeroOrMore });

    private static bool TryAddress(string text, out IPAddress address) =>
        IPAddress.TryParse(text == "localhost" ? "127.0.0.1" : text, out address!);

    private static LogLevel Level(string name) => name switch
    {
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "error" => LogLevel.Error,
        "never" => LogLevel.None,
        _ => LogLevel.Warning,
    };
}
