using System.Collections.Concurrent;
using System.Text.Json;
using Agents.Durable.Agent.Models;
using Agents.Durable.Agent.Models.Scripted;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Contracts;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Effects;
using Agents.Durable.Data.Transcripts;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Durable.Agent.Tests.Steps;

/// <summary>One run, whose attempts crash at every place where steps write or call out: the outcome is always that of the undisturbed run.</summary>
public sealed class CrashTests(DatabaseFixture database)
{
    private const string Script =
        """
        [{"deltas":["Let me ","see."],"tool_calls":[{"name":"pay","arguments":{"amount":3}},{"name":"write_file","arguments":{"path":"a","content":"one"}}]},
         {"tool_calls":[{"name":"edit_file","arguments":{"path":"a","find":"one","replace":"two"}}]},
         {"text":"Done."},
         {"tool_calls":[{"name":"pay","arguments":{"amount":5}}]},
         {"text":"Bye."}]
        """;

    [Fact]
    public async Task Run_AttemptCrashesAnywhere_EndsAsTheUndisturbedRun()
    {
        var model = new CountedModel();
        await using var world = new AgentWorld(
            database, services => services.AddSingleton<IModelProvider>(model).AddSingleton<Till>().AddAgentTools<Till>());
        var passed = new ConcurrentDictionary<string, int>();
        var (undisturbed, _, paid) = await RunAsync(world, model, place => passed.AddOrUpdate(place, 1, (_, count) => count + 1));
        Assert.Equal(FailPoints.All.Order(StringComparer.Ordinal), passed.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(5, paid);
        foreach (var (place, count) in passed)
        {
            for (var n = 1; n <= count; n++)
            {
                var left = n;
                var (outcome, crashes, requests) = await RunAsync(world, model, where =>
                {
                    if (where == place && Interlocked.Decrement(ref left) == 0)
                    {
                        throw new CrashException(place);
                    }
                });
                // How many batches a text is streamed in is a matter of time: a run may have fewer of them than the undisturbed one.
                var batched = place == FailPoints.ModelDuringStream && left > 0;
                Assert.Equal((place, n, batched ? 0 : 1), (place, n, crashes));
                Assert.Equal($"{place}:{n}\n{undisturbed}", $"{place}:{n}\n{outcome}");
                var lost = crashes > 0 && place is FailPoints.ModelDuringStream or FailPoints.ModelBeforeCommit;
                Assert.Equal($"{place}:{n} {(lost ? paid + 1 : paid)}", $"{place}:{n} {requests}");
            }
        }
    }

    /// <summary>What the run left, without what differs between any two runs; the number of crashes; the number of requests to the model.</summary>
    private static async Task<(string Outcome, int Crashes, int Requests)> RunAsync(AgentWorld world, CountedModel model, Action<string> passing)
    {
        var requested = model.Requests;
        var task = await world.TaskAsync(AgentWorld.Scripted(Script, """["workspace","pay"]"""));
        await world.MailAsync(task, "go");
        var driver = new LoopDriver(world, task);
        FailPoints.Ambient = passing;
        try
        {
            await driver.TurnAsync(resume: true);
            await driver.PostAsync("u", "more");
            await driver.MailAsync();
            await driver.SkippedAnswerAsync("a person stopped the agent");
            await driver.NoticeAsync("Stopped.");
            await driver.AskAsync("pay", """{"amount":7}""");
            await driver.SayAsync("s1", "One, ", "two, ", "three.");
            await world.MailAsync(task, "and now?");
            await driver.TurnAsync();
            await driver.SettleAsync(AgentTaskStatus.Completed, "Task completed", driver.State.Cursor);
        }
        finally
        {
            FailPoints.Ambient = null;
        }

        var transcript = await world.Get<TranscriptStore>().ReadAsync(task, driver.State.Head, TestContext.Current.CancellationToken);
        var messages = await world.MessagesAsync(task);
        Assert.Equal(messages.Select(Line).Order(StringComparer.Ordinal), (await StreamViews.OfAsync(world, task)).Select(Line).Order(StringComparer.Ordinal));
        var outcome = string.Join('\n',
        [
            .. transcript.Select(entry => $"{entry.Position} {JsonSerializer.Serialize(entry.Message)}"),
            .. messages.Order(StringComparer.Ordinal),
            await world.StatusAsync(task),
            await File.ReadAllTextAsync(Path.Combine(world.WorkspaceOf(task), "a"), TestContext.Current.CancellationToken),
            .. world.Get<Till>().Amounts(task).Order(StringComparer.Ordinal),
        ]);
        return (outcome, driver.Crashes, model.Requests - requested);
    }

    /// <summary>The database writes the keys of arguments in an order of its own.</summary>
    private static string Line(string line) => line.StartsWith("request ", StringComparison.Ordinal) ? line[..line.IndexOf('{', StringComparison.Ordinal)] : line;

    private sealed class CountedModel : IModelProvider
    {
        private readonly ScriptedModelProvider _scripted = new(TimeProvider.System);
        private int _requests;

        public int Requests => _requests;

        public string Name => "scripted";

        public IChatClient Create(ModelDefinition model) => new Client(this, _scripted.Create(model));

        private sealed class Client(CountedModel owner, IChatClient inner) : DelegatingChatClient(inner)
        {
            public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
                IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
            {
                Interlocked.Increment(ref owner._requests);
                return base.GetStreamingResponseAsync(messages, options, cancellationToken);
            }
        }
    }

    /// <summary>An outside that knows repetitions by their keys.</summary>
    internal sealed class Till
    {
        private readonly ConcurrentDictionary<(string Task, string Key), int> _paid = new();

        public IEnumerable<string> Amounts(string task) => _paid.Where(entry => entry.Key.Task == task).Select(entry => entry.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));

        [AgentTool("pay", Effect = Effect.Idempotent)]
        public string Pay(ToolCall call, int amount)
        {
            _paid.TryAdd((call.TaskId, call.IdempotencyKey.Value), amount);
            return $"paid {amount}";
        }
    }
}
