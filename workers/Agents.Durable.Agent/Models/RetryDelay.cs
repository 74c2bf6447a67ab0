using System.Globalization;

namespace Agents.Durable.Agent.Models;

/// <summary>When a provider wants to be asked again.</summary>
internal static class RetryDelay
{
    /// <summary>A task waits no longer than this on a provider's word; one that says more is taken for mistaken.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <param name="retryAfter">The header: seconds, or the time itself.</param>
    /// <param name="date">The provider's own clock, which is what its times are told by.</param>
    /// <returns>Null when it says nothing that can be used.</returns>
    public static TimeSpan? Read(string? retryAfter, string? date)
    {
        var wait = double.TryParse(retryAfter, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds)
            : Time(retryAfter) is { } then && Time(date) is { } now ? then - now
            : (TimeSpan?)null;
        return wait > s_longest || wait < TimeSpan.Zero ? null : wait;
    }

    private static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
