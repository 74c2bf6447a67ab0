using System.Globalization;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>Names of fires, as Agentex gives them; the tasks that come of them are found again by these. The engine appends the time to that of a fire by the clock.</summary>
internal static class FireNames
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The engine's name of a schedule.</summary>
    public static string Prefix(string scheduleId) => $"agent-run-schedule:{scheduleId}";

    public static string RunPrefix(string scheduleId) => $"{Prefix(scheduleId)}-run";

    public static string Manual(string scheduleId, DateTimeOffset at) => $"{Prefix(scheduleId)}-manual-{Guid.CreateVersion7(at)}-{at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}";

    /// <summary>The time in the name of a fire.</summary>
    /// <exception cref="FormatException">It is no name of a fire.</exception>
    public static DateTimeOffset TimeOf(string fireId) =>
        fireId.Length > 20
            ? DateTimeOffset.ParseExact(fireId.AsSpan(fireId.Length - 20), Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : throw new FormatException($"'{fireId}' is no name of a fire.");
}
