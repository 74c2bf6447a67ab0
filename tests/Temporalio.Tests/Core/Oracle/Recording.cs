using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCompletion;

namespace Temporalio.Tests.Core.Oracle;

/// <summary>A history of a real server, and what the official core made of it when the workflow's own code replayed it.</summary>
internal sealed record Recording(string Name, string WorkflowId, History History, IReadOnlyList<Exchange> Exchange)
{
    private static readonly JsonParser s_parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
    private static readonly Lazy<IReadOnlyDictionary<string, Recording>> s_faithful = new(() => ReadAll("recordings"));
    private static readonly Lazy<IReadOnlyDictionary<string, Recording>> s_deviating = new(() => ReadAll("deviations"));

    /// <summary>By code that fits the history.</summary>
    public static IReadOnlyDictionary<string, Recording> All => s_faithful.Value;

    /// <summary>By code whose first commands are others than those that made the history.</summary>
    public static IReadOnlyDictionary<string, Recording> Deviating => s_deviating.Value;

    private static Dictionary<string, Recording> ReadAll(string folder) => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Core", "Oracle", folder), "*.jsonl")
        .SelectMany(File.ReadLines)
        .Select(Read)
        .ToDictionary(r => r.Name, StringComparer.Ordinal);

    private static Recording Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        var exchange = json.GetProperty("exchange").EnumerateArray().Chunk(2).Select(pair => new Exchange(
            s_parser.Parse<WorkflowActivation>(pair[0].GetProperty("activation").GetRawText()),
            s_parser.Parse<WorkflowActivationCompletion>(pair[1].GetProperty("completion").GetRawText())));
        var name = json.GetProperty("name").GetString()!;
        if (json.TryGetProperty("of", out var of))
        {
            var original = All[of.GetString()!];
            return original with { Name = name, Exchange = [.. exchange] };
        }

        return new(
            name,
            json.GetProperty("workflowId").GetString()!,
            s_parser.Parse<History>(json.GetProperty("history").GetRawText()),
            [.. exchange]);
    }
}

/// <summary>What the core said and what the workflow answered.</summary>
internal sealed record Exchange(WorkflowActivation Activation, WorkflowActivationCompletion Completion);
