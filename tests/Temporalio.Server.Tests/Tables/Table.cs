using System.Text.Json.Nodes;

namespace Temporalio.Server.Tests.Tables;

/// <summary>Recorded input and output, row by row.</summary>
internal sealed record Table(string Name, JsonObject Header, IReadOnlyList<JsonObject> Rows)
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Tables");

    /// <summary>Rows known to differ, each with the reason: <c>table row reason</c>, rows counted from 0.</summary>
    public IReadOnlyDictionary<int, string> Deviations { get; } = File.ReadLines(Path.Combine(s_folder, "deviations.txt"))
        .Select(l => l.Split(' ', 3)).Where(p => p[0] == Name).ToDictionary(p => int.Parse(p[1], System.Globalization.CultureInfo.InvariantCulture), p => p[2]);

    public static Table Load(string name)
    {
        var json = JsonNode.Parse(File.ReadAllBytes(Path.Combine(s_folder, "Data", name + ".json")))!.AsObject();
        return new Table(name, json["header"]!.AsObject(), [.. json["rows"]!.AsArray().Select(r => r!.AsObject())]);
    }

    /// <summary>Fails with the rows that differ and are not listed, and with those listed that do not differ.</summary>
    public void Check(IReadOnlyList<string?> differences)
    {
        Assert.Equal(Rows.Count, differences.Count);
        List<string> wrong = [];
        for (var i = 0; i < Rows.Count; i++)
        {
            if (Deviations.ContainsKey(i) ? differences[i] is null : differences[i] is not null)
            {
                wrong.Add($"row {i} {Rows[i].ToJsonString()[..Math.Min(200, Rows[i].ToJsonString().Length)]}: {differences[i] ?? "is equal now, take it off the list"}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} rows of {Name}:{Environment.NewLine}{string.Join(Environment.NewLine, wrong.Take(60))}");
    }
}
