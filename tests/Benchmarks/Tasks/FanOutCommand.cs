using System.Buffers.Text;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Agents.Durable.Benchmarks.Tasks;

/// <summary><c>fan-out</c>: many SignalR viewers of one task, which is fed through the stream intake as an agent of Agentex's SDK feeds it.</summary>
internal static class FanOutCommand
{
    private const string Agent = "bench-fan-out";

    public static Command Create()
    {
        var viewers = new Option<int>("--viewers") { Description = "SignalR viewers of the task.", DefaultValueFactory = _ => 1000 };
        var perSecond = new Option<int>("--rate") { Description = "Updates per second.", DefaultValueFactory = _ => 20 };
        var seconds = new Option<int>("--seconds") { Description = "How long updates come.", DefaultValueFactory = _ => 3 };
        var command = new Command("fan-out", "From the append of an update to each of many viewers.") { viewers, perSecond, seconds };
        var options = HostOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var host = await options.StartAsync(parsed);
            using var calls = new Calls(host.Address);
            await calls.DefineAsync(Agent, ["Hello"]);
            var task = await calls.CreateTaskAsync(Agent);
            var times = new List<double>();
            var seen = new int[parsed.GetValue(viewers)];
            var subscribers = new List<HubSubscriber>();
            for (var i = 0; i < seen.Length; i++)
            {
                var index = i;
                var subscriber = await HubSubscriber.ConnectAsync(host.Address, item => Take(item.Span, index));
                subscribers.Add(subscriber);
                await subscriber.SubscribeAsync(task);
            }

            var updates = parsed.GetValue(perSecond) * parsed.GetValue(seconds);
            var pause = TimeSpan.FromSeconds(1.0 / parsed.GetValue(perSecond));
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellationToken);
            using var intake = new TcpClient();
            await intake.ConnectAsync("127.0.0.1", host.StreamPort, cancellationToken);
            var stream = intake.GetStream();
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < updates; i++)
            {
                var wait = (i * pause) - Stopwatch.GetElapsedTime(begun);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, TimeProvider.System, cancellationToken);
                }

                var update = $$$"""{"type":"delta","index":0,"delta":{"type":"text","text_delta":"sent={{{Stopwatch.GetTimestamp()}}};"},"parent_task_message":null}""";
                await stream.WriteAsync(Encoding.UTF8.GetBytes(Words("XADD", $"task:{task}", "*", "data", update)), cancellationToken);
            }

            var deadline = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(deadline) < TimeSpan.FromSeconds(10) && Array.Exists(seen, count => Volatile.Read(ref count) < updates))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"viewers={seen.Length} updates={updates} delivered={seen.Sum()} of {seen.Length * updates}"));
            Console.WriteLine($"append -> delivered {Percentiles.Of(times)}");
            await Task.WhenAll(subscribers.Select(subscriber => subscriber.DisposeAsync().AsTask()));

            void Take(ReadOnlySpan<byte> item, int viewer)
            {
                var now = Stopwatch.GetTimestamp();
                for (int at; (at = item.IndexOf("sent="u8)) >= 0; item = item[(at + 5)..])
                {
                    if (Utf8Parser.TryParse(item[(at + 5)..], out long sent, out int _))
                    {
                        seen[viewer]++;
                        lock (times)
                        {
                            times.Add(Stopwatch.GetElapsedTime(sent, now).TotalMilliseconds);
                        }
                    }
                }
            }
        });
        return command;
    }

    private static string Words(params string[] words) =>
        $"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"));
}
