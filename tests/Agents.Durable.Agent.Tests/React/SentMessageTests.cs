using Agents.Durable.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Agents.Durable.Agent.Tests.React;

/// <summary>Messages that come as updates, and what their senders are told: whatever becomes of the task, each gets one answer, and the right one.</summary>
public sealed class SentMessageTests(DatabaseFixture database, EngineFixture engine)
{
    private const string Gate = """{"tool_calls":[{"name":"gate"}]}""";
    private const string Count = """{"tool_calls":[{"name":"count"}]}""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ContinueAsNew_WhileASenderWaits_AnswersItOnceFromTheNextHistory(bool crashes)
    {
        await using var agent = Agent(crashes ? 0 : null, ("Agents:HistoryEvents", "20"));
        if (crashes)
        {
            agent.Passing = CrashOnceAtEveryPlace();
        }

        var task = await agent.StartAsync(AgentWorld.Scripted($$"""[{"text":"One."},{{Gate}},{{Count}},{{Count}},{{Count}},{"text":"Two."}]""", """["gate","count"]"""));
        await agent.StateAsync(task, state => state.Turns == 1);
        var first = (await agent.Handle(task).DescribeAsync()).RunId;
        var sent = agent.Handle(task, first).SendMessageAsync("hello", "u1");
        await Counters(agent).AtGate.Task.WaitAsync(DatabaseFixture.Patience);
        await agent.OldEnoughAsync(task);
        Counters(agent).Gate.SetResult();

        var turn = await sent.WaitAsync(DatabaseFixture.Patience);
        Assert.Equal((2L, 2, false), (turn.Mail, turn.Turns, turn.Stopped));
        Assert.Equal("agent: Two.", (await agent.World.MessagesAsync(task))[^1]);
        Assert.Single(await agent.World.MessagesAsync(task), line => line == "user: hello");
        Assert.NotEqual(first, (await agent.Handle(task).DescribeAsync()).RunId);
        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => agent.Handle(task, first).GetUpdateHandle<SessionTurn>("u1").GetResultAsync());
        Assert.Equal((AgentSessions.GoesOn, 2L), (Type(refused), ((ApplicationFailureException)refused.InnerException!).Details.ElementAt<long>(0)));
        Assert.Equal(turn, await agent.Handle(task).SendMessageAsync("hello", "u1"));
        Assert.Equal(3, Counters(agent).Count);
    }

    [Fact]
    public async Task ContinueAsNew_TaskThatIsFedByUpdatesAlone_GoesOnBetweenThem()
    {
        await using var agent = Agent(null, ("Agents:HistoryEvents", "20"));
        var task = await agent.StartAsync(AgentWorld.Scripted(string.Concat("[", string.Join(',', Enumerable.Range(0, 8).Select(n => $$"""{"text":"{{n}}."}""")), "]")));
        await agent.StateAsync(task, state => state.Turns == 1);
        var first = (await agent.Handle(task).DescribeAsync()).RunId;
        await agent.OldEnoughAsync(task);
        for (var n = 1; n < 5; n++)
        {
            Assert.Equal(n + 1, (await agent.Handle(task).SendMessageAsync($"say {n}")).Turns);
        }

        await RunningAgent.UntilAsync("a new history", async () => (await agent.Handle(task).DescribeAsync()).RunId != first);
        Assert.Equal("agent: 4.", (await agent.World.MessagesAsync(task))[^1]);
    }

    [Fact]
    public async Task ContinueAsNew_TaskCompletesBeforeTheSenderAsksAgain_IsAnsweredStill()
    {
        await using var agent = Agent(null, ("Agents:HistoryEvents", "20"));
        var task = await agent.StartAsync(AgentWorld.Scripted($$"""[{"text":"One."},{{Gate}},{"text":"Two."}]""", """["gate"]""", """{"max_turns":2}"""));
        await agent.StateAsync(task, state => state.Turns == 1);
        using var clock = new HeldClock();
        var sent = agent.Handle(task).SendMessageAsync("hello", time: clock);
        await Counters(agent).AtGate.Task.WaitAsync(DatabaseFixture.Patience);
        await agent.OldEnoughAsync(task);
        Counters(agent).Gate.SetResult();
        await agent.StatusAsync(task, status => status == "COMPLETED: Task completed");
        await agent.Handle(task).GetResultAsync();
        Assert.False(sent.IsCompleted);
        clock.Release();
        Assert.Equal(new SessionTurn(2, 2, 6), await sent.WaitAsync(DatabaseFixture.Patience));
    }

    [Fact]
    public async Task Interrupt_WhileASenderWaits_TellsItSo()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted($$"""[{"text":"One."},{{Gate}},{"text":"Two."}]""", """["gate"]"""));
        await agent.StateAsync(task, state => state.Turns == 1);
        var sent = agent.Handle(task).SendMessageAsync("hello");
        await Counters(agent).AtGate.Task.WaitAsync(DatabaseFixture.Patience);
        await agent.SayAsync(task, null, "interrupt");
        Counters(agent).Gate.SetResult();
        Assert.Equal((2L, 1, true), await sent.WaitAsync(DatabaseFixture.Patience) is var turn ? (turn.Mail, turn.Turns, turn.Stopped) : default);
        Assert.Equal("INTERRUPTED: Task interrupted", await agent.World.StatusAsync(task));
        turn = await agent.Handle(task).SendMessageAsync("go on");
        Assert.Equal((4L, 2, false), (turn.Mail, turn.Turns, turn.Stopped));
    }

    private static string? Type(WorkflowUpdateFailedException refused) => Assert.IsType<ApplicationFailureException>(refused.InnerException).ErrorType;

    private static ReactAgentTests.Counters Counters(RunningAgent agent) => agent.World.Get<ReactAgentTests.Counters>();

    /// <summary>Every step is ended once wherever it can be, and every task of the workflow is taken up by a worker that knows nothing of it.</summary>
    private static Action<string> CrashOnceAtEveryPlace()
    {
        var passed = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        return place =>
        {
            if (place != FailPoints.ToolAfterIntent && place != FailPoints.ToolAfterEffect && passed.TryAdd(place, true))
            {
                throw new CrashException(place);
            }
        };
    }

    private RunningAgent Agent(int? cache = null, params (string, string)[] settings) =>
        new(database, engine, services => services.AddSingleton<ReactAgentTests.Counters>().AddAgentTools<ReactAgentTests.Counters>(), settings) { Cache = cache };

    /// <summary>Timers made from it come when they are released.</summary>
    private sealed class HeldClock : TimeProvider, IDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _released.TrySetResult();

        public void Dispose() => Release();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _ = _released.Task.ContinueWith(_ => callback(state), TaskScheduler.Default);
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
