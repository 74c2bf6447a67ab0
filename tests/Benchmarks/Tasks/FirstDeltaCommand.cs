using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;

namespace Agents.Durable.Benchmarks.Tasks;

/// <summary>
/// <c>first-delta</c>: from the call to the first words of the model at a SignalR viewer. The model is scripted and answers at once, so all of the time is overhead.
/// </summary>
internal static class FirstDeltaCommand
{
    private const string Agent = "bench-first-delta";

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Tasks, after as many for warming up.", DefaultValueFactory = _ => 200 };
        var command = new Command("first-delta", "From task/create, and from event/send, to the first words at a viewer.") { rounds };
        var options = HostOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var host = await options.StartAsync(parsed);
            using var calls = new Calls(host.Address);
            await calls.DefineAsync(Agent, ["Hello", " there"]);
            var arrivals = new ConcurrentDictionary<int, TaskCompletionSource<long>>();
            // The number of the turn is in the call's id: m0 is the first model call of a task.
            var turn = 0;
            await using var viewer = await HubSubscriber.ConnectAsync(host.Address, item =>
            {
                if (item.Span.IndexOf("\"text_delta\":"u8) >= 0)
                {
                    arrivals.GetOrAdd(Volatile.Read(ref turn), _ => new()).TrySetResult(Stopwatch.GetTimestamp());
                }
            });
            var (created, accepted, second) = (new List<double>(), new List<double>(), new List<double>());
            var count = parsed.GetValue(rounds);
            for (var i = 0; i < 2 * count; i++)
            {
                if (i == count)
                {
                    created.Clear();
                    accepted.Clear();
                    second.Clear();
                }

                var number = Interlocked.Increment(ref turn);
                var begun = Stopwatch.GetTimestamp();
                var task = await calls.CreateTaskAsync(Agent);
                accepted.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                await viewer.SubscribeAsync(task);
                await calls.SendEventAsync(Agent, task, "Hello?");
                created.Add(Stopwatch.GetElapsedTime(begun, await ArrivalAsync(number)).TotalMilliseconds);

                // The turn's end, so that what follows waits for nothing of it.
                await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System, cancellationToken);
                number = Interlocked.Increment(ref turn);
                begun = Stopwatch.GetTimestamp();
                await calls.SendEventAsync(Agent, task, "And again?");
                second.Add(Stopwatch.GetElapsedTime(begun, await ArrivalAsync(number)).TotalMilliseconds);
                await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System, cancellationToken);
            }

            Console.WriteLine($"task/create answered                      {Percentiles.Of(accepted)}");
            Console.WriteLine($"task/create, event/send -> first delta    {Percentiles.Of(created)}");
            Console.WriteLine($"event/send of a waiting task -> first delta {Percentiles.Of(second)}");

            async Task<long> ArrivalAsync(int number) => await arrivals.GetOrAdd(number, _ => new()).Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        });
        return command;
    }
}
