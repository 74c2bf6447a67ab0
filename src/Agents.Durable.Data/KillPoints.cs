using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Agents.Durable.Data;

/// <summary>
/// Places where tests kill this process. <c>AGENTS_FAIL_POINTS=name:n,name:n</c> kills it as by <c>kill -9</c> when the place is passed for the n-th time (from 1);
/// without the variable a place costs a null check.
/// </summary>
public static class KillPoints
{
    public const string Variable = "AGENTS_FAIL_POINTS";

    private static readonly ConcurrentDictionary<string, Count>? s_armed = Read(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Ends the process here, if this is the place and the time.</summary>
    public static void Pass(string name)
    {
        if (s_armed is not null && s_armed.TryGetValue(name, out var count) && count.Hit())
        {
            // No handler, no flush, no finally: what a power cut would leave.
            Process.GetCurrentProcess().Kill();
        }
    }

    private static ConcurrentDictionary<string, Count>? Read(string? armed)
    {
        if (string.IsNullOrEmpty(armed))
        {
            return null;
        }

        var points = new ConcurrentDictionary<string, Count>(StringComparer.Ordinal);
        foreach (var point in armed.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = point.Split(':');
            points[parts[0]] = new Count(parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
        }

        return points;
    }

    private sealed class Count(int at)
    {
        private int _passed;

        public bool Hit() => Interlocked.Increment(ref _passed) == at;
    }
}
