using System.Globalization;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>Names of fires, as Agentex gives them; the tasks that come of them are found again by these.</summary>
internal static class FireNames
{
    public static string Scheduled(string scheduleId, DateTimeOffset at) => $"agent-run-schedule:{scheduleId}-run-{Second(at)}";

    public static string Manual(string scheduleId, DateTimeOffset at) => $"agent-run-schedule:{scheduleId}-manual-{Guid.CreateVersion7(at)}-{Second(at)}";

    private static string Second(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
