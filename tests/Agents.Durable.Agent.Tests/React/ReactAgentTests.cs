using Agents.Durable.Agent.Tools;
using Agents.Durable.Contracts;
using Agents.Durable.Data.Effects;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Agents.Durable.Agent.Tests.React;

/// <summary>Whole runs: workflow, worker, engine and database.</summary>
public sealed class ReactAgentTests(DatabaseFixture database, EngineFixture engine)
{
    /// <summary>Calls learn of their cancellation with their heartbeats.</summary>
    private static readonly (string, string) s_quick = ("Agents:HeartbeatTimeout", "00:00:01");

    [Fact]
    public async Task Run_TurnsWithTools_StoresAndShowsThem()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted(
            """
            [{"deltas":["Let me ", "look."],"tool_calls":[{"name":"write_file","arguments":{"path":"a.txt","content":"one"}},{"name":"list_files","arguments":{}}]},
             {"text":"Done."},{"text":"You are welcome."}]
            """, """["workspace"]""", """{"max_turns":2}"""));
        await agent.LastAsync(task, "agent: Done.");
        await agent.SayAsync(task, "thanks");
        Assert.Equal("COMPLETED: Task completed", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
        var lines = await agent.World.MessagesAsync(task);
        Assert.Equal(["user: go", "agent: Let me look."], lines.Take(2));
        Assert.Equal(["agent: Done.", "user: thanks", "agent: You are welcome."], lines.TakeLast(3));
        await agent.Handle(task).GetResultAsync();
    }

    [Fact]
    public async Task Run_ToolsOfOneAnswer_RunAtTheSameTime()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"tool_calls":[{"name":"meet"},{"name":"meet"},{"name":"meet"}]},{"text":"Met."}]""", """["meet"]"""));
        await agent.LastAsync(task, "agent: Met.");
    }

    [Fact]
    public async Task Run_ModelThatLoops_IsStoppedAndTheConversationGoesOn()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted(
            """[{"tool_calls":[{"name":"list_files"}]},{"tool_calls":[{"name":"list_files"}]},{"text":"Better now."}]""", """["workspace"]""", """{"max_iterations":2}"""));
        await agent.LastAsync(task, "agent: Stopped after 2 model calls, the limit of one turn.");
        await agent.SayAsync(task, "again");
        await agent.LastAsync(task, "agent: Better now.");
    }

    [Fact]
    public async Task Run_ModelRefuses_FailsTheTaskWithTheReason()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync("""{"model":{"provider":"nobody"}}""");
        var status = await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal));
        Assert.StartsWith("FAILED: The model provider 'nobody' is not known", status, StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<WorkflowFailedException>(() => agent.Handle(task).GetResultAsync());
        Assert.Equal("AgentFailed", Assert.IsType<ApplicationFailureException>(failure.InnerException).ErrorType);
    }

    [Fact]
    public async Task Run_ModelTalksGarbage_IsAskedAgainAndThenFailsTheTaskWithAReason()
    {
        await using var model = await Models.ModelDouble.StartAsync();
        await using var agent = Agent(("Models:OpenAI:BaseUrl", model.BaseUrl.ToString()), ("Models:OpenAI:ApiKey", "k"));
        model.Then(Models.ModelDouble.Text("Well, "), "garbage").Then("more garbage");
        var task = await agent.StartAsync("""{"model":{"provider":"openai","name":"m"},"limits":{"model_retries":1}}""");
        var status = await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal));
        Assert.StartsWith("FAILED: The model's answer cannot be read", status, StringComparison.Ordinal);
        Assert.Equal(2, model.Requests.Count);
    }

    [Fact]
    public async Task Run_DefinitionThatCannotBeUsed_FailsTheTask()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync("""{"model":{}}""");
        Assert.Equal(
            "FAILED: The agent's definition cannot be used: model.provider is required.", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Cancel_WhileAToolRuns_StopsItAnswersTheCallAndSettlesTheTask()
    {
        await using var agent = Agent(s_quick);
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"tool_calls":[{"name":"hang"}]}]""", """["hang"]"""));
        await agent.World.Get<Counters>().Hanging.Task.WaitAsync(DatabaseFixture.Patience);
        await agent.Handle(task).CancelAsync();
        Assert.Equal("CANCELED: Task canceled by user", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
        Assert.True(agent.World.Get<Counters>().Stopped);
        Assert.StartsWith("response m0-0 error: This call was stopped", (await agent.World.MessagesAsync(task))[^1], StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<WorkflowFailedException>(() => agent.Handle(task).GetResultAsync());
        Assert.IsType<CanceledFailureException>(failure.InnerException);
    }

    [Fact]
    public async Task Cancel_WhileTheModelSpeaks_KeepsWhatItSaid()
    {
        await using var agent = Agent(s_quick);
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"deltas":["So far. ", "Never."],"delay_ms":600000}]"""));
        await agent.StateAsync(task, state => state.Doing == "thinking");
        await agent.Handle(task).CancelAsync();
        await agent.StatusAsync(task, status => status.StartsWith("CANCELED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancel_WhileWaiting_SettlesTheTask()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"Hello."}]"""));
        await agent.StateAsync(task, state => state is { Doing: "waiting for input", Turns: 1 });
        await agent.Handle(task).CancelAsync();
        await agent.StatusAsync(task, status => status == "CANCELED: Task canceled by user");
    }

    [Fact]
    public async Task Interrupt_ByMail_StopsBeforeTheToolsAndWaitsForMail()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"tool_calls":[{"name":"gate"},{"name":"gate"}]},{"tool_calls":[{"name":"count"}]},{"text":"On again."}]""", """["gate","count"]"""));
        await agent.World.Get<Counters>().AtGate.Task.WaitAsync(DatabaseFixture.Patience);
        await agent.SayAsync(task, null, "interrupt");
        agent.World.Get<Counters>().Gate.SetResult();
        Assert.Equal("INTERRUPTED: Task interrupted", await agent.StatusAsync(task, status => status.StartsWith("INTER", StringComparison.Ordinal)));
        Assert.Equal(0, agent.World.Get<Counters>().Count);
        await agent.SayAsync(task, "go on");
        await agent.StatusAsync(task, status => status.StartsWith("RUNNING", StringComparison.Ordinal));
        await agent.LastAsync(task, "agent: On again.");
        Assert.Equal(1, agent.World.Get<Counters>().Count);
    }

    [Fact]
    public async Task ContinueAsNew_ManyTurnsAndWakeUpsDuringATool_LosesAndDoublesNothing()
    {
        await using var agent = Agent(("Agents:HistoryEvents", "40"));
        var turns = string.Join(',', Enumerable.Range(0, 8).Select(n => $$"""{"tool_calls":[{"name":"count"}]},{"text":"{{n}}"}"""));
        var task = await agent.StartAsync(AgentWorld.Scripted($$"""[{"tool_calls":[{"name":"gate"}]},{"text":"Through."},{{turns}}]""", """["gate","count"]"""));
        await agent.World.Get<Counters>().AtGate.Task.WaitAsync(DatabaseFixture.Patience);
        for (var n = 0; n < 20; n++)
        {
            await agent.WakeAsync(task, 1);
        }

        var first = (await agent.Handle(task).DescribeAsync()).RunId;
        await agent.OldEnoughAsync(task);
        agent.World.Get<Counters>().Gate.SetResult();
        await agent.LastAsync(task, "agent: Through.");
        for (var n = 0; n < 8; n++)
        {
            await agent.SayAsync(task, $"turn {n}");
            await agent.LastAsync(task, $"agent: {n}");
        }

        Assert.Equal(8, agent.World.Get<Counters>().Count);
        Assert.Equal(1, agent.World.Get<Counters>().AtGateCount);
        Assert.NotEqual(first, (await agent.Handle(task).DescribeAsync()).RunId);
        var earlier = (await agent.Handle(task, first).FetchHistoryAsync()).Events;
        Assert.Contains(earlier, item => item.EventType == EventType.WorkflowExecutionContinuedAsNew);
        RunningAgent.AssertUndisturbed([.. earlier, .. await agent.HistoryAsync(task)]);
    }

    [Fact]
    public async Task ContinueAsNew_OfAnAgentThatWaits_ComesWithoutAPause()
    {
        await using var agent = Agent(("Agents:HistoryEvents", "20"));
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"One."},{"text":"Two."}]"""));
        await agent.StateAsync(task, state => state.Turns == 1);
        var first = (await agent.Handle(task).DescribeAsync()).RunId;
        await agent.OldEnoughAsync(task);
        await agent.SayAsync(task, "more");
        await RunningAgent.UntilAsync("a new history", async () => (await agent.Handle(task).DescribeAsync()).RunId != first);
        await agent.StateAsync(task, state => state is { Doing: "waiting for input", Turns: 2 });
        var start = Assert.Single(await agent.HistoryAsync(task), item => item.EventType == EventType.WorkflowExecutionStarted);
        Assert.Null(start.WorkflowExecutionStartedEventAttributes.FirstWorkflowTaskBackoff);
    }

    [Fact]
    public async Task SendMessage_Update_AnswersWhenItsTurnIsOver()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"One."},{"tool_calls":[{"name":"count"}]},{"text":"Two."}]""", """["count"]"""));
        await agent.StateAsync(task, state => state.Turns == 1);
        var handle = agent.Handle(task);
        var turn = await handle.ExecuteUpdateAsync<SessionTurn>(AgentSessions.SendMessage, ["hello"], new WorkflowUpdateOptions { Id = "u1" });
        Assert.Equal((2L, 2), (turn.Mail, turn.Turns));
        Assert.Equal(["user: hello", "agent: Two."], (await agent.World.MessagesAsync(task)).Where(line => line is "user: hello" or "agent: Two."));
        RunningAgent.AssertUndisturbed(await agent.HistoryAsync(task));
        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => handle.ExecuteUpdateAsync<SessionTurn>(AgentSessions.SendMessage, [" "]));
        Assert.Contains("1 to 8000", refused.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queries_WhileAToolRuns_TellWhatIsGoingOn()
    {
        await using var agent = Agent(("Models:Prices:scripted/:Input", "1000"), ("Models:Prices:scripted/:Output", "2000"));
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"tool_calls":[{"name":"gate"}]},{"text":"Through."}]""", """["gate"]"""));
        await agent.World.Get<Counters>().AtGate.Task.WaitAsync(DatabaseFixture.Patience);
        Assert.Equal("using tools", (await agent.StateAsync(task, state => state.Doing == "using tools")).Doing);
        Assert.Equal(["m0-0"], (await agent.PendingAsync(task)).Calls);
        agent.World.Get<Counters>().Gate.SetResult();
        await agent.StateAsync(task, state => state is { Turns: 1, ModelCalls: 2, Messages: 4, Mail: 1 });
        var usage = await agent.Handle(task).QueryAsync<SessionUsage>(AgentSessions.Usage, []);
        Assert.Equal(2, usage.ModelCalls);
        Assert.True(usage is { InputTokens: > 0, OutputTokens: > 0 });
        Assert.Equal((usage.InputTokens * 0.001m) + (usage.OutputTokens * 0.002m), usage.CostUsd);
        Assert.Empty((await agent.PendingAsync(task)).Calls);
    }

    [Fact]
    public async Task Limits_TimeOfTheTurn_StopsTheToolAndTheTurn()
    {
        await using var agent = Agent(s_quick);
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"tool_calls":[{"name":"hang"}]},{"text":"Next."}]""", """["hang"]""", """{"max_turn_seconds":2}"""));
        await agent.LastAsync(task, "agent: Stopped after 2 s, the time limit of one turn.");
        Assert.True(agent.World.Get<Counters>().Stopped);
        await agent.SayAsync(task, "next");
        await agent.LastAsync(task, "agent: Next.");
    }

    [Fact]
    public async Task Limits_TimeOfTheTask_TimesItOutWhereverItIs()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"Hello."}]""", "[]", """{"max_seconds":0.6}"""));
        Assert.Equal("TIMED_OUT: The task ran for 0.6 s, its limit.", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Limits_Tokens_FailTheTask()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"Hello."},{"text":"More."}]""", "[]", """{"max_tokens":1}"""));
        await agent.LastAsync(task, "agent: Hello.");
        await agent.SayAsync(task, "more");
        Assert.Contains("its limit is 1.", await agent.StatusAsync(task, status => status.StartsWith("FAILED", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_OfAWholeRun_HoldsNoBodies()
    {
        await using var agent = Agent();
        var secret = new string('x', 4_000);
        var task = await agent.StartAsync(
            AgentWorld.Scripted($$"""[{"tool_calls":[{"name":"write_file","arguments":{"path":"a","content":"{{secret}}"} }]},{"text":"{{secret}}"}]""", """["workspace"]"""), secret);
        await agent.LastAsync(task, $"agent: {secret}");
        var events = await agent.HistoryAsync(task);
        Assert.DoesNotContain(events, item => item.ToString().Contains("xxxx", StringComparison.Ordinal));
        var activities = events.Count(item => item.EventType == EventType.ActivityTaskScheduled);
        var size = events.Sum(item => item.CalculateSize());
        Assert.True(size <= 1_024 * activities, $"{size} bytes of history for {activities} activities.");
    }

    [Fact]
    public async Task Reconciler_RunEndedFromOutside_ClosesTheTask()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"Hello."}]"""));
        var open = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"Hello."}]"""));
        await agent.StateAsync(open, state => state is { Doing: "waiting for input", Turns: 1 });
        await agent.StateAsync(task, state => state is { Doing: "waiting for input", Turns: 1 });
        await agent.Handle(task).TerminateAsync("by an operator");
        using var reconciler = ActivatorUtilities.CreateInstance<TaskReconciler>(agent.World.Services, engine.Client);
        await RunningAgent.UntilAsync("the closed run", async () => await reconciler.SweepAsync(CancellationToken.None) > 0);
        Assert.Equal("TERMINATED: The task's run ended (TERMINATED) without a word", await agent.World.StatusAsync(task));
        Assert.StartsWith("RUNNING", await agent.World.StatusAsync(open), StringComparison.Ordinal);
        Assert.Equal(0, await reconciler.SweepAsync(CancellationToken.None));
    }

    private RunningAgent Agent(params (string, string)[] settings) =>
        new(database, engine, services => services.AddSingleton<Counters>().AddAgentTools<Counters>(), settings);

    internal sealed class Counters
    {
        private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;
        private int _atGate;
        private int _meeting;

        public int Count => _count;

        public int AtGateCount => _atGate;

        public bool Stopped { get; private set; }

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource AtGate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Hanging { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [AgentTool("count", Effect = Effect.Idempotent)]
        public string CountAsync() => Interlocked.Increment(ref _count).ToString(System.Globalization.CultureInfo.InvariantCulture);

        [AgentTool("gate", Effect = Effect.Unsafe)]
        public async Task<string> GateAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _atGate);
            AtGate.TrySetResult();
            await Gate.Task.WaitAsync(cancellationToken);
            return "through";
        }

        /// <summary>Comes back when three of them are there.</summary>
        [AgentTool("meet", Effect = Effect.Pure)]
        public async Task<string> MeetAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _meeting) == 3)
            {
                _met.SetResult();
            }

            await _met.Task.WaitAsync(cancellationToken);
            return "met";
        }

        [AgentTool("hang", Effect = Effect.Unsafe)]
        public async Task<string> HangAsync(CancellationToken cancellationToken)
        {
            Hanging.TrySetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
            finally
            {
                Stopped = true;
            }

            return "";
        }
    }
}
