using System.Globalization;

namespace Agents.Durable.Benchmarks.Tasks;

/// <summary>Times in milliseconds.</summary>
internal static class Percentiles
{
    public static string Of(IEnumerable<double> times)
    {
        var sorted = times.Order().ToArray();
        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
        return sorted.Length == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"p50={At(0.5):F2}ms p99={At(0.99):F2}ms max={sorted[^1]:F2}ms n={sorted.Length}");
    }
}
