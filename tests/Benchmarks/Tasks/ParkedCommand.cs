using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Agents.Durable.Benchmarks.Tasks;

/// <summary><c>parked</c>: tasks that wait for input: what they hold in memory, and how soon one of them works again.</summary>
internal static class ParkedCommand
{
    private const string Agent = "bench-parked";
    private const int AtOnce = 16;

    public static Command Create()
    {
        var tasks = new Option<int>("--tasks") { Description = "Tasks that wait.", DefaultValueFactory = _ => 10_000 };
        var wakes = new Option<int>("--wakes") { Description = "Tasks that are woken, one after the other.", DefaultValueFactory = _ => 200 };
        var command = new Command("parked", "Memory of tasks that wait, and the time from an event to its task's first words.") { tasks, wakes };
        var options = HostOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var host = await options.StartAsync(parsed);
            using var calls = new Calls(host.Address);
            await calls.DefineAsync(Agent, ["Hello", " there"]);
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, cancellationToken);
            Say("idle", host.Memory());
            var ids = new string[parsed.GetValue(tasks)];
            var next = -1;
            var begun = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                for (int i; (i = Interlocked.Increment(ref next)) < ids.Length;)
                {
                    ids[i] = await calls.CreateTaskAsync(Agent);
                }
            }));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"tasks={ids.Length} created/s={ids.Length / Stopwatch.GetElapsedTime(begun).TotalSeconds:F0}"));
            await Task.Delay(TimeSpan.FromSeconds(40), TimeProvider.System, cancellationToken);
            Say("parked", host.Memory());
            await WakeAsync(host, calls, ids, parsed.GetValue(wakes), cancellationToken);
            Say("after the wakes", host.Memory());
        });
        return command;
    }

    private static async Task WakeAsync(HostProcess host, Calls calls, string[] ids, int wakes, CancellationToken cancellationToken)
    {
        TaskCompletionSource<long>? arrival = null;
        await using var viewer = await HubSubscriber.ConnectAsync(host.Address, item =>
        {
            if (item.Span.IndexOf("\"text_delta\":"u8) >= 0)
            {
                Volatile.Read(ref arrival)?.TrySetResult(Stopwatch.GetTimestamp());
            }
        });
        var times = new List<double>();
        for (var i = 0; i < wakes; i++)
        {
            var task = ids[(int)((long)i * ids.Length / wakes)];
            var waited = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref arrival, waited);
            await viewer.SubscribeAsync(task);
            var sent = Stopwatch.GetTimestamp();
            await calls.SendEventAsync(Agent, task, "Wake up.");
            times.Add(Stopwatch.GetElapsedTime(sent, await waited.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken)).TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }

        Console.WriteLine($"event -> first delta of a parked task {Percentiles.Of(times)}");
    }

    private static void Say(string what, (long Host, long Postgres) memory) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: all but PostgreSQL {memory.Host >> 20} MiB, PostgreSQL {memory.Postgres >> 20} MiB"));
}
