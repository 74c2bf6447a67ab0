namespace Temporalio.Server.Tests.Transcripts;

/// <summary>Transcripts that are known to differ, each with the reason. One line each: <c>name reason</c>.</summary>
internal static class Deviations
{
    private static readonly Dictionary<string, string> s_reasons = File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "Transcripts", "deviations.txt"))
        .Where(l => l.Length > 0)
        .Select(l => l.Split(' ', 2))
        .ToDictionary(p => p[0], p => p.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, string> Reasons => s_reasons;
}
