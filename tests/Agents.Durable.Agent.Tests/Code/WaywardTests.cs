using System.Globalization;
using Agents.Durable.Agent.Tests.React;
using Agents.Durable.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Exceptions;

namespace Agents.Durable.Agent.Tests.Code;

/// <summary>Code agents under what authors and people do to them: whole runs.</summary>
public sealed class WaywardTests(DatabaseFixture database, EngineFixture engine)
{
    private const string Definition = """{"kind":"code","tools":["hang","launch"],"model":{"provider":"scripted","parameters":{"script":[{"deltas":["So far. ","Never."],"delay_ms":600000}]}}}""";

    /// <summary>Calls learn of their cancellation with their heartbeats.</summary>
    private static readonly (string, string) s_quick = ("Agents:HeartbeatTimeout", "00:00:01");

    [Fact]
    public async Task Messages_ManyBeforeItBegins_AreAnsweredInOrderThroughSeveralHistories()
    {
        await using var agent = Agent(0, ("Agents:HistoryEvents", "100"));
        var task = await agent.StartAsync(Definition, null);
        string[] texts = [.. Numbers(1, 60), "rest", .. Numbers(61, 120)];
        await agent.SayAllAsync(task, texts);
        await agent.LastAsync(task, "agent: 3 120");
        await agent.StateAsync(task, state => state.Turns == 1);

        string[] said = [.. texts.Where(text => text != "rest").Select(text => $"agent: {text.Length} {text}")];
        Assert.Equal(said, (await agent.World.MessagesAsync(task)).Where(line => line.StartsWith("agent", StringComparison.Ordinal)));
        var answering = 0;
        for (var run = (await agent.Handle(task).DescribeAsync()).RunId; run != "";)
        {
            var history = (await agent.Handle(task, run).FetchHistoryAsync()).Events.ToArray();
            var start = history[0].WorkflowExecutionStartedEventAttributes;
            answering += history.Any(item => item.ActivityTaskScheduledEventAttributes?.ActivityType.Name == "notice") ? 1 : 0;
            // What waits is in the mailbox, and not in the state of the next history.
            Assert.InRange(start.CalculateSize(), 0, 1_000);
            Assert.InRange(history.Length, 0, 1_000);
            run = start.ContinuedExecutionRunId;
        }

        Assert.InRange(answering, 2, 10);
    }

    [Fact]
    public async Task Interrupt_BehindManyMessages_IsHeededAtTheNextBoundary()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, null);
        await agent.SayAllAsync(task, ["rest", .. Numbers(1, 150)]);
        await agent.StateAsync(task, state => state.Doing == "working");
        await agent.SayAsync(task, null, "interrupt");
        Assert.Equal("INTERRUPTED: Task interrupted", await agent.StatusAsync(task, status => status.StartsWith("INTER", StringComparison.Ordinal)));
        Assert.DoesNotContain(await agent.World.MessagesAsync(task), line => line.StartsWith("agent", StringComparison.Ordinal));
        await agent.SayAsync(task, "on");
        await agent.LastAsync(task, "agent: 2 on");
        Assert.Equal(152, (await agent.World.MessagesAsync(task)).Count(line => line.StartsWith("user", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Messages_LongerThanAHistoryTakes_AreHandedOutCutAndOneAfterTheOther()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, null);
        await agent.SayAllAsync(task, [.. Enumerable.Repeat(new string('ä', 150_000), 4), new string('b', 3_000_000), "end"]);
        await agent.LastAsync(task, "agent: 3 end");
        var said = (await agent.World.MessagesAsync(task)).Where(line => line.StartsWith("agent", StringComparison.Ordinal)).ToArray();
        Assert.Equal(6, said.Length);
        Assert.All(said[..4], line => Assert.StartsWith("agent: 150000 ä", line, StringComparison.Ordinal));
        Assert.StartsWith("agent: 200010 b", said[4], StringComparison.Ordinal);
        RunningAgent.AssertUndisturbed(await agent.HistoryAsync(task));
    }

    [Fact]
    public async Task Stream_LeftOpenByWorkThatFails_IsClosedWithTheTask()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "half");
        Assert.Equal("FAILED: I lost the thread.", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
        Assert.Equal(["user: half", "agent: Half of "], await agent.World.MessagesAsync(task));
        await RunningAgent.UntilAsync("the end to be told", async () => await TypesAsync(agent, task) is [.., "task_updated"]);
        Assert.Equal(["start", "delta", "done", "task_updated"], (await TypesAsync(agent, task)).Skip(1));
    }

    [Fact]
    public async Task Stream_LeftOpenByWorkThatIsStopped_IsClosedAndTheNextOneIsAnother()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "half and listen");
        await agent.StateAsync(task, state => state is { Doing: "waiting for input" });
        await agent.SayAsync(task, null, "interrupt");
        await agent.StatusAsync(task, status => status.StartsWith("INTER", StringComparison.Ordinal));
        Assert.Equal(["user: half and listen", "agent: Half of "], await agent.World.MessagesAsync(task));
        await agent.SayAsync(task, "on");
        await agent.LastAsync(task, "agent: 2 on");
    }

    [Fact]
    public async Task Bug_InTheWork_IsInTheHistoryAndACorrectedProgramGoesOn()
    {
        await using var agent = Agent(0);
        var task = await agent.StartAsync(Definition, "bug");
        var failure = await FailureAsync(agent, task);
        Assert.Equal((WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure, "A bug of the author's."), (failure.Cause, failure.Failure.Message));
        await agent.LastAsync(task, "agent: 3 bug");
    }

    [Fact]
    public async Task Change_ThatDoesSomethingElseOnReplay_IsNamedInTheHistoryAndACorrectedProgramGoesOn()
    {
        await using var agent = Agent(0);
        var task = await agent.StartAsync(Definition, "change");
        var failure = await FailureAsync(agent, task);
        Assert.Equal(WorkflowTaskFailedCause.NonDeterministicError, failure.Cause);
        Assert.Contains("TMPRL1100", failure.Failure.Message, StringComparison.Ordinal);
        await agent.LastAsync(task, "agent: Two.");
        Assert.Equal(["user: change", "agent: One.", "agent: Two."], await agent.World.MessagesAsync(task));
    }

    [Fact]
    public async Task Signals_AndQueriesThatItDoesNotKnow_ChangeNothing()
    {
        await using var agent = Agent(0);
        var task = await agent.StartAsync(Definition, "a");
        await agent.StateAsync(task, state => state.Turns == 1);
        await agent.Handle(task).SignalAsync("nonsense", [1, "two"]);
        await agent.Handle(task).SignalAsync(AgentWorkflows.Wake, ["no number"]);
        Assert.Contains("broken", (await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => agent.Handle(task).QueryAsync<string>("broken", []))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => agent.Handle(task).QueryAsync<string>("unheard", []));
        await agent.SayAsync(task, "b");
        await agent.LastAsync(task, "agent: 1 b");
        RunningAgent.AssertUndisturbed(await agent.HistoryAsync(task));
    }

    [Theory]
    [InlineData("a", "waiting for input")]
    [InlineData("half and listen", "waiting for input")]
    [InlineData("hang", "using tools")]
    [InlineData("model", "thinking")]
    [InlineData("launch", "waiting for a decision")]
    public async Task Cancel_InEachAwait_SettlesTheTaskAndLeavesNothingOpen(string said, string doing)
    {
        await using var agent = Agent(null, s_quick);
        var task = await agent.StartAsync(Definition, said);
        await agent.StateAsync(task, state => state.Doing == doing);
        await (said == "hang" ? agent.World.Get<ReactAgentTests.Counters>().Hanging.Task.WaitAsync(DatabaseFixture.Patience) : Task.CompletedTask);
        await agent.Handle(task).CancelAsync();
        Assert.Equal("CANCELED: Task canceled by user", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<WorkflowFailedException>(() => agent.Handle(task).GetResultAsync());
        var lines = await agent.World.MessagesAsync(task);
        Assert.DoesNotContain(lines, line => line.EndsWith('…'));
        Assert.Equal(lines.Count(line => line.StartsWith("request", StringComparison.Ordinal)), lines.Count(line => line.StartsWith("response", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Cancel_WhileACallIsWrittenDown_AnswersIt()
    {
        await using var agent = Agent();
        using var barrier = new Barriers(agent, FailPoints.AskAfterCommit);
        var task = await agent.StartAsync(Definition, "hang");
        await barrier.ReachedAsync(FailPoints.AskAfterCommit);
        await agent.Handle(task).CancelAsync();
        await agent.StatusAsync(task, status => status == "CANCELED: Task canceled by user");
        barrier.Open(FailPoints.AskAfterCommit);
        Assert.Equal(["user: hang", "request m0-0: hang {}", "response m0-0 error: This call was not made: the task was canceled."], await agent.World.MessagesAsync(task));
    }

    private static IEnumerable<string> Numbers(int from, int to) => Enumerable.Range(from, to - from + 1).Select(number => number.ToString(CultureInfo.InvariantCulture));

    private static async Task<IReadOnlyList<string?>> TypesAsync(RunningAgent agent, string task) =>
        [.. (await agent.World.StreamAsync(task)).Select(frame => frame.Update.GetProperty("type").GetString())];

    /// <summary>Waits for a task of the workflow to fail.</summary>
    private static async Task<WorkflowTaskFailedEventAttributes> FailureAsync(RunningAgent agent, string task)
    {
        WorkflowTaskFailedEventAttributes? failure = null;
        await RunningAgent.UntilAsync(
            "a task of the workflow to fail",
            async () => (failure = (await agent.HistoryAsync(task)).FirstOrDefault(item => item.WorkflowTaskFailedEventAttributes is not null)?.WorkflowTaskFailedEventAttributes) is not null);
        return failure!;
    }

    private RunningAgent Agent(int? cache = null, params (string, string)[] settings) => new(
        database, engine, typeof(Wayward), services => services.AddSingleton<ReactAgentTests.Counters>().AddAgentTools<ReactAgentTests.Counters>().AddAgentTools<CodeAgentTests.Pad>(), settings)
    { Cache = cache };
}
