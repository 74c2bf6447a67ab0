using System.Diagnostics;
using System.Globalization;

namespace Agents.Durable.Benchmarks.Steps;

/// <summary>One line of the table.</summary>
internal sealed record Measurement(int Concurrency, int Steps, double WorkflowsPerSecond, double StepsPerSecond, double P50, double P99, double CpuPerStep)
{
    public static async Task<Measurement> RunAsync(int concurrency, int steps, int total, Func<int, Task> run)
    {
        var left = total;
        var latencies = new double[total];
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(LoopAsync)));
        var elapsed = Stopwatch.GetElapsedTime(begun);
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Array.Sort(latencies);
        return new(
            concurrency,
            steps,
            total / elapsed.TotalSeconds,
            total * steps / elapsed.TotalSeconds,
            latencies[total / 2],
            latencies[total * 99 / 100],
            cpu.TotalMicroseconds / (total * steps));

        async Task LoopAsync()
        {
            int mine;
            while ((mine = Interlocked.Decrement(ref left)) >= 0)
            {
                var start = Stopwatch.GetTimestamp();
                await run(steps);
                latencies[mine] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"conc={Concurrency} steps={Steps} wf/s={WorkflowsPerSecond:F0} steps/s={StepsPerSecond:F0} p50={P50:F2}ms p99={P99:F2}ms cpu/step={CpuPerStep:F0}us");
}
