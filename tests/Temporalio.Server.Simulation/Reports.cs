namespace Temporalio.Server.Simulation;

/// <summary>Runs as text.</summary>
internal static class Reports
{
    public static string Full(RunReport report, Arguments arguments, int last = int.MaxValue) => string.Join(
        Environment.NewLine,
        [
            .. report.Recent.TakeLast(last),
            $"seed {report.Seed}: {report.Steps} steps, {report.Commits} commits, {report.Crashes} crashes, {report.Events} events, trace {report.Trace:x16}",
            report.Failure is null ? "every rule held" : $"BROKEN: {report.Failure}",
            $"again: {arguments.Command(report.Seed)}",
        ]);
}

/// <summary>The sum over many seeds.</summary>
internal sealed class Totals
{
    // One bug breaks many seeds.
    private const int Shown = 5;

    private readonly List<RunReport> _runs = [];
    private int _repeatable;
    private int _different;

    public int Failed => _runs.Count(r => r.Failure is not null) + _different;

    public void Add(RunReport report, Arguments arguments)
    {
        _runs.Add(report);
        if (report.Failure is not null && _runs.Count(r => r.Failure is not null) <= Shown)
        {
            Console.WriteLine(Reports.Full(World.Run(report.Seed, arguments.Defects, detailed: true), arguments, last: 60));
        }
    }

    /// <summary>The same seed must be the same run, bit for bit.</summary>
    public void CheckRepeatable(Arguments arguments)
    {
        foreach (var first in _runs.Take(5))
        {
            var second = World.Run(first.Seed, arguments.Defects);
            if (second.Trace == first.Trace && second.Steps == first.Steps)
            {
                _repeatable++;
            }
            else
            {
                _different++;
                Console.WriteLine($"seed {first.Seed} ran differently the second time: {first.Trace:x16} in {first.Steps} steps, {second.Trace:x16} in {second.Steps}");
            }
        }
    }

    public string Summary(TimeSpan elapsed) =>
        $"{_runs.Count} seeds, {_runs.Sum(r => (long)r.Steps)} steps, {_runs.Sum(r => (long)r.Commits)} commits, {_runs.Sum(r => r.Crashes)} crash points, " +
        $"{_runs.Sum(r => r.LostAnswers)} lost answers, {_runs.Sum(r => (long)r.Events)} events, {_repeatable} seeds run twice with the same trace, {elapsed.TotalSeconds:F1} s" +
        $"{Environment.NewLine}{_runs.Count + _repeatable - _runs.Count(r => r.Failure is not null)} passed, {Failed} failed";
}
