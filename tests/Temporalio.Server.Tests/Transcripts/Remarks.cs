namespace Temporalio.Server.Tests.Transcripts;

/// <summary>What is said of single transcripts, each with the reason. One line each: <c>name reason</c>.</summary>
internal static class Remarks
{
    /// <summary>Those that are known to differ.</summary>
    public static IReadOnlyDictionary<string, string> Deviations { get; } = Read("deviations.txt");

    /// <summary>Those in which a recorded wait races with a time-out or with a call on its way, so that a slow machine's answers differ.</summary>
    public static IReadOnlyDictionary<string, string> Races { get; } = Read("races.txt");

    private static Dictionary<string, string> Read(string file) => File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "Transcripts", file))
        .Where(l => l.Length > 0)
        .Select(l => l.Split(' ', 2))
        .ToDictionary(p => p[0], p => p.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);
}
