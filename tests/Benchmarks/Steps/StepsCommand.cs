using System.CommandLine;
using System.Globalization;

namespace Agents.Durable.Benchmarks.Steps;

/// <summary><c>steps</c>: workflows of n sequential activities, client, worker, server and engine in this process.</summary>
internal static class StepsCommand
{
    // How many at a time, how many activities each, how many in all: the peers' table.
    private static readonly (int Concurrency, int Steps, int Total)[] s_loads = [(1, 1, 200), (1, 10, 60), (32, 10, 300), (64, 10, 1200)];

    public static Command Create()
    {
        var memory = new Option<bool>("--memory") { Description = "Keep everything in memory instead of PostgreSQL with fsync." };
        var worker = new Option<string>("--worker") { Description = "sdk, or raw: a scripted worker that speaks the protocol, for the server's share.", DefaultValueFactory = _ => "sdk" };
        var rounds = new Option<int>("--rounds") { Description = "Times that the table is measured.", DefaultValueFactory = _ => 3 };
        var only = new Option<string?>("--only") { Description = "One load instead of the table: workflows at a time x activities each x workflows in all, as in 1x10x500." };
        var command = new Command("steps", "Workflows of sequential activities.") { memory, worker, rounds, only };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var server = await BenchmarkServer.StartAsync(inMemory: parsed.GetValue(memory), cancellationToken);
            await using var runner = await CreateAsync(parsed.GetValue(worker)!, server);
            for (var i = 0; i < 50; i++)
            {
                await runner.RunAsync(5);
            }

            var loads = parsed.GetValue(only) is { } one ? [Load(one)] : s_loads;
            for (var round = 0; round < parsed.GetValue(rounds); round++)
            {
                foreach (var load in loads)
                {
                    Console.WriteLine(await Measurement.RunAsync(load.Concurrency, load.Steps, load.Total, runner.RunAsync));
                }
            }
        });
        return command;
    }

    private static (int Concurrency, int Steps, int Total) Load(string text) =>
        text.Split('x') is [var concurrency, var steps, var total]
            ? (int.Parse(concurrency, CultureInfo.InvariantCulture), int.Parse(steps, CultureInfo.InvariantCulture), int.Parse(total, CultureInfo.InvariantCulture))
            : throw new ArgumentException($"'{text}' is not a load: 1x10x500 is one.");

    private static async Task<IStepRunner> CreateAsync(string worker, BenchmarkServer server) => worker switch
    {
        "raw" => new RawRunner(server.Invoker),
        "sdk" => await SdkRunner.StartAsync(server.Router),
        _ => throw new ArgumentException($"There is no worker '{worker}': sdk or raw."),
    };
}
