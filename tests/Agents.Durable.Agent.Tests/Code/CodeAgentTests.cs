using System.Collections.Concurrent;
using Agents.Durable.Agent.Tests.React;
using Agents.Durable.Agent.Tests.Steps;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Contracts;
using Agents.Durable.Data.Effects;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Tests.Code;

/// <summary>Whole runs of a code agent: an author's workflow, worker, engine and database.</summary>
public sealed class CodeAgentTests(DatabaseFixture database, EngineFixture engine)
{
    private const string Definition =
        """{"kind":"code","model":{"provider":"scripted","parameters":{"script":[{"deltas":["Let me ","pay."],"tool_calls":[{"name":"pay","arguments":{"amount":2}},{"name":"nothing"}]},{"text":"Paid."},{"text":"Again."}]}},"tools":["pay","workspace"]}""";

    [Fact]
    public async Task Messages_OfPeople_ComeInOrderAndOnce()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "a");
        await agent.SayAsync(task, "b");
        await agent.LastAsync(task, "agent: You said b.");
        await agent.SayAsync(task, "bye");
        Assert.Equal("COMPLETED: Task completed", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
        var lines = await agent.World.MessagesAsync(task);
        Assert.Equal(["agent: You said a.", "agent: You said b.", "agent: Bye."], lines.Where(line => line.StartsWith("agent", StringComparison.Ordinal)));
        await agent.Handle(task).GetResultAsync();
    }

    [Fact]
    public async Task Model_ThatAsksForTools_IsGivenTheirAnswers()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "model");
        await agent.LastAsync(task, "agent: Paid.");
        var lines = await agent.World.MessagesAsync(task);
        Assert.Equal(["user: model", "agent: Let me pay.", """request m0-0: pay {"amount": 2}""", "request m0-1: nothing {}"], lines.Take(4));
        Assert.Contains("response m0-0: paid 2", lines);
        Assert.Contains(lines, line => line.StartsWith("response m0-1 error: There is no tool 'nothing'", StringComparison.Ordinal));
        Assert.Equal(["2"], agent.World.Get<CrashTests.Till>().Amounts(task));
        await agent.StateAsync(task, state => state.Turns == 1);
        var usage = await agent.Handle(task).QueryAsync<SessionUsage>(AgentSessions.Usage, []);
        Assert.True(usage is { ModelCalls: 2, InputTokens: > 0 });
    }

    [Fact]
    public async Task Model_CallsThatNobodyMade_AreAnsweredBeforeTheNextOne()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "leave");
        await agent.LastAsync(task, "agent: The model said Paid.");
        Assert.Contains("response m0-0 error: This call was not made: the agent did not make it.", await agent.World.MessagesAsync(task));
        Assert.Empty(agent.World.Get<CrashTests.Till>().Amounts(task));
    }

    [Fact]
    public async Task Tools_CallOfTheCode_IsShownMadeOnceAndAnswered()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "pay");
        await agent.LastAsync(task, "agent: paid 3 False");
        Assert.Equal(["user: pay", """request m0-0: pay {"amount": 3}""", "response m0-0: paid 3"], (await agent.World.MessagesAsync(task)).Take(3));
        await agent.SayAsync(task, "model");
        await agent.LastAsync(task, "agent: Paid.");
    }

    [Theory]
    [InlineData("retry", "agent: launched False, paid 1")]
    [InlineData("no", "agent: It is not known whether this call took effect (the worker was lost while it ran). It was not made again. True, paid 1")]
    public async Task Tools_UnsafeCallOfUnknownOutcome_WaitsForAPersonWhileOthersGoOn(string answer, string last)
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition.Replace("\"pay\",\"workspace\"", "\"launch\",\"pay\"", StringComparison.Ordinal), "launch");
        await RunningAgent.UntilAsync("the question", async () => (await agent.World.MessagesAsync(task)).Any(line => line.Contains("Make the call again?", StringComparison.Ordinal)));
        await RunningAgent.UntilAsync("the call in question", async () => (await agent.PendingAsync(task)).InQuestion is ["m0-0"]);
        await agent.SayAsync(task, answer);
        await RunningAgent.UntilAsync(last, async () => (await agent.World.MessagesAsync(task)).Contains(last));
    }

    [Fact]
    public async Task Stream_Pieces_AreShownAsTheyComeAndStoredAsOneMessage()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "stream");
        await agent.LastAsync(task, "agent: One, two, three.");
        await agent.StateAsync(task, state => state.Turns == 1);
        var shown = (await agent.World.StreamAsync(task)).Where(frame => frame.CallId is ['s', ..]).ToArray();
        Assert.Equal(["start", "delta", "delta", "delta", "done"], shown.Select(frame => frame.Update.GetProperty("type").GetString()));
        Assert.Equal("One, two, three.", string.Concat(shown.Where(frame => frame.Update.TryGetProperty("delta", out _)).Select(frame => frame.Update.GetProperty("delta").GetProperty("text_delta").GetString())));
    }

    [Fact]
    public async Task State_AndLists_OutliveRuns()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "count");
        await agent.LastAsync(task, "agent: Counted 1, of 1.");
        await agent.SayAsync(task, "count");
        await agent.LastAsync(task, "agent: Counted 2, of 2.");
        Assert.Equal(1, await agent.World.CountAsync("select count(*) from states where task_id = $1 and state->>'count' = '2'", task));
    }

    [Fact]
    public async Task Spans_StartedAndEnded_AreInTheTaskTrace()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "all");
        await agent.LastAsync(task, "agent: Sent.");
        await agent.StateAsync(task, state => state.Turns == 1);
        Assert.Equal(1, await agent.World.CountAsync(
            "select count(*) from spans where task_id = $1 and trace_id = $1 and name = 'all' and end_time >= start_time and input->>'why' = 'test' and output->>'done' = 'true'", task));
    }

    [Fact]
    public async Task ContinueAsNew_WhileItWaits_KeepsWhatIsRemembered()
    {
        await using var agent = Agent(("Agents:HistoryEvents", "20"));
        var task = await agent.StartAsync(Definition, "remember");
        await agent.LastAsync(task, "agent: Remembered 1.");
        var first = (await agent.Handle(task).DescribeAsync()).RunId;
        await agent.OldEnoughAsync(task);
        await agent.SayAsync(task, "remember");
        await RunningAgent.UntilAsync("a new history", async () => (await agent.Handle(task).DescribeAsync()).RunId != first);
        await agent.SayAsync(task, "remember");
        await agent.LastAsync(task, "agent: Remembered 3.");
    }

    [Fact]
    public async Task Interrupt_StopsAtTheNextBoundaryAndWaitsForMail()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "x");
        await agent.LastAsync(task, "agent: You said x.");
        await agent.SayAsync(task, null, "interrupt");
        Assert.Equal("INTERRUPTED: Task interrupted", await agent.StatusAsync(task, status => status.StartsWith("INTER", StringComparison.Ordinal)));
        await agent.SayAsync(task, "y");
        await agent.LastAsync(task, "agent: You said y.");
        Assert.StartsWith("RUNNING", await agent.World.StatusAsync(task), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_WhereverTheCodeIs_SettlesTheTask()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "wait");
        await agent.StateAsync(task, state => state.Doing == "working");
        await agent.Handle(task).CancelAsync();
        Assert.Equal("CANCELED: Task canceled by user", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
        var failure = await Assert.ThrowsAsync<WorkflowFailedException>(() => agent.Handle(task).GetResultAsync());
        Assert.IsType<CanceledFailureException>(failure.InnerException);
    }

    [Fact]
    public async Task Failure_ThatTheCodeLetsThrough_FailsTheTaskWithItsReason()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "fail");
        Assert.Equal("FAILED: I cannot.", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
        var modelless = await agent.StartAsync("""{"kind":"code"}""", "model");
        Assert.Equal("FAILED: This agent's definition names no model.", await agent.StatusAsync(modelless, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Retry_OfAFailedTask_HandsOutWhatWasNotAnsweredAndGoesOnCounting()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "stream");
        await agent.LastAsync(task, "agent: One, two, three.");
        await agent.World.ExecuteAsync("update agents set definition = $1::jsonb where id = (select agent_id from tasks where id = $2)", """{"kind":"code"}""", task);
        await agent.SayAsync(task, "model");
        await agent.StatusAsync(task, status => status.StartsWith("FAILED", StringComparison.Ordinal));
        await RunningAgent.UntilAsync("the end of the run", async () => (await agent.Handle(task).DescribeAsync()).Status == Temporalio.Api.Enums.V1.WorkflowExecutionStatus.Failed);

        await agent.World.ExecuteAsync("update agents set definition = $1::jsonb where id = (select agent_id from tasks where id = $2)", Definition, task);
        await agent.World.ExecuteAsync("update tasks set status = 'RUNNING' where id = $1", task);
        await agent.SayAsync(task, "stream");
        await RunningAgent.UntilAsync("both answers", async () => (await agent.World.MessagesAsync(task)).Count(line => line == "agent: One, two, three.") == 2);
        var lines = await agent.World.MessagesAsync(task);
        Assert.Contains("agent: Paid.", lines);
        Assert.Contains("response m1-0: paid 2", lines);
    }

    [Fact]
    public async Task Limits_TimeOfTheTask_TimesItOut()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync("""{"kind":"code","limits":{"max_seconds":0.6}}""", "x");
        Assert.Equal("TIMED_OUT: The task ran for 0.6 s, its limit.", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SendMessage_Update_AnswersWhenTheAgentWaitsAgain()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "a");
        await agent.StateAsync(task, state => state.Turns == 1);
        var turn = await agent.Handle(task).ExecuteUpdateAsync<SessionTurn>(AgentSessions.SendMessage, ["b"], new WorkflowUpdateOptions { Id = "u1" });
        Assert.Equal((2L, 2), (turn.Mail, turn.Turns));
        Assert.Equal("agent: You said b.", (await agent.World.MessagesAsync(task))[^1]);
    }

    [Fact]
    public async Task SendMessage_TaskThatIsFedByUpdatesAlone_GoesOnBetweenThem()
    {
        await using var agent = Agent(("Agents:HistoryEvents", "20"));
        var task = await agent.StartAsync(Definition, "remember");
        await agent.StateAsync(task, state => state.Turns == 1);
        var first = (await agent.Handle(task).DescribeAsync()).RunId;
        await agent.OldEnoughAsync(task);
        for (var n = 1; n < 5; n++)
        {
            Assert.Equal(n + 1, (await agent.Handle(task).SendMessageAsync("remember")).Turns);
        }

        Assert.NotEqual(first, (await agent.Handle(task).DescribeAsync()).RunId);
        Assert.Equal("agent: Remembered 5.", (await agent.World.MessagesAsync(task))[^1]);
    }

    [Fact]
    public async Task ContinueAsNew_ThrownWhileASenderWaits_AnswersItFromTheNextHistory()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "x");
        await agent.StateAsync(task, state => state.Turns == 1);
        var first = (await agent.Handle(task).DescribeAsync()).RunId;
        await agent.OldEnoughAsync(task);
        var turn = await agent.Handle(task).SendMessageAsync("go on");
        Assert.Equal((2L, 2), (turn.Mail, turn.Turns));
        Assert.NotEqual(first, (await agent.Handle(task).DescribeAsync()).RunId);
        Assert.Equal(["user: x", "agent: You said x.", "user: go on"], await agent.World.MessagesAsync(task));
    }

    [Fact]
    public async Task Run_EveryPartOnce_CompletesTheTask()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(Definition, "all");
        await agent.LastAsync(task, "agent: Sent.");
        await agent.SayAsync(task, "bye");
        await agent.Handle(task).GetResultAsync();
        Assert.Equal("COMPLETED: Task completed", await agent.World.StatusAsync(task));
    }

    [Fact]
    public async Task Run_AttemptsCrashAtEveryPlace_EndsAsTheUndisturbedRun()
    {
        var passed = new ConcurrentDictionary<string, bool>();
        var undisturbed = await RunToTheEndAsync(place => passed[place] = true);
        Assert.Contains(FailPoints.SayAfterStream, passed.Keys);
        foreach (var place in passed.Keys)
        {
            var left = 1;
            var outcome = await RunToTheEndAsync(where =>
            {
                if (where == place && Interlocked.Decrement(ref left) == 0)
                {
                    throw new CrashException(where);
                }
            });
            Assert.Equal($"{place}\n{undisturbed}", $"{place}\n{outcome}");
            Assert.True(left <= 0, place);
        }
    }

    private async Task<string> RunToTheEndAsync(Action<string> passing)
    {
        await using var agent = Agent();
        agent.Passing = passing;
        var task = await agent.StartAsync(Definition, "all");
        await agent.LastAsync(task, "agent: Sent.");
        await agent.SayAsync(task, "bye");
        await agent.StatusAsync(task, status => status == "COMPLETED: Task completed");
        return string.Join('\n',
        [
            .. (await agent.World.MessagesAsync(task)).Order(StringComparer.Ordinal),
            .. (await StreamViews.OfAsync(agent.World, task)).Order(StringComparer.Ordinal),
            .. agent.World.Get<CrashTests.Till>().Amounts(task).Order(StringComparer.Ordinal),
        ]);
    }

    private RunningAgent Agent(params (string, string)[] settings) =>
        new(database, engine, typeof(Helper), services => services.AddSingleton<CrashTests.Till>().AddAgentTools<CrashTests.Till>().AddAgentTools<Pad>(), settings);

    internal sealed class Pad
    {
        private int _launches;

        /// <summary>The first attempt ends as if its process had died.</summary>
        [AgentTool("launch", Effect = Effect.Unsafe)]
        public string Launch() => Interlocked.Increment(ref _launches) == 1 ? throw new CrashException("launch") : "launched";
    }
}
