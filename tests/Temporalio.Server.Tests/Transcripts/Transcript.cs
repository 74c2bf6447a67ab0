using System.Text.Json.Nodes;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>One recorded conversation: calls, and what the real server answered.</summary>
internal sealed record Transcript(string Name, JsonObject Variables, IReadOnlyList<JsonObject> Steps)
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Transcripts", "Data");

    /// <summary>Names of all transcripts, or of those that begin with what the environment variable TRANSCRIPT says.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(s_folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f))
            .Where(n => n.StartsWith(Environment.GetEnvironmentVariable("TRANSCRIPT") ?? "", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The RPCs it calls.</summary>
    public IEnumerable<string> Calls => Steps.Select(s => (string?)s["call"]).OfType<string>().Distinct();

    public static Transcript Load(string name)
    {
        var json = JsonNode.Parse(File.ReadAllBytes(Path.Combine(s_folder, name + ".json")))!.AsObject();
        return new Transcript(name, json["vars"]?.AsObject() ?? [], [.. json["steps"]!.AsArray().Select(s => s!.AsObject())]);
    }
}
