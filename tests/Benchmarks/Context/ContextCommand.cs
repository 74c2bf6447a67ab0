using System.CommandLine;
using Agents.Durable.Benchmarks.Steps;

namespace Agents.Durable.Benchmarks.Context;

/// <summary><c>context</c>: one task of many model calls over a long conversation; what its histories hold, and what it costs this process.</summary>
internal static class ContextCommand
{
    public static Command Create()
    {
        var calls = new Option<int>("--calls") { Description = "Model calls; each but the last asks for a tool.", DefaultValueFactory = _ => 10_000 };
        var tokens = new Option<int>("--tokens") { Description = "Tokens of the conversation's first message.", DefaultValueFactory = _ => 200_000 };
        var command = new Command("context", "One task of many model calls over a long conversation.") { calls, tokens };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var server = await BenchmarkServer.StartAsync(inMemory: false, cancellationToken);
            await using var host = await ContextHost.StartAsync(server, parsed.GetValue(calls), cancellationToken);
            Console.WriteLine(await ContextMeasurement.RunAsync(host, parsed.GetValue(tokens), Console.Error, cancellationToken));
        });
        return command;
    }
}
