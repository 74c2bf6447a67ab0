using Agents.Durable.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Agents.Durable.Agent.Tests.React;

/// <summary>Messages sent as updates that meet the end of their task, in every order: none is left without an answer, and none is told of a turn that was not.</summary>
public sealed class SentMessageRaceTests(DatabaseFixture database, EngineFixture engine)
{
    private const string Hang = """[{"text":"One."},{"tool_calls":[{"name":"hang"}]}]""";

    /// <summary>Calls learn of their cancellation with their heartbeats.</summary>
    private static readonly (string, string) s_quick = ("Agents:HeartbeatTimeout", "00:00:01");

    [Fact]
    public async Task Complete_MessageStoredBefore_IsAnsweredFirst()
    {
        await using var agent = Agent();
        using var barrier = new Barriers(agent, FailPoints.ModelBeforeRequest, FailPoints.PostAfterCommit);
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"One."},{"text":"Two."}]""", "[]", """{"max_turns":1}"""));
        await barrier.ReachedAsync(FailPoints.ModelBeforeRequest);

        // Stored, and the run does not know: it comes to its end, and finds it there.
        var sent = agent.Handle(task).SendMessageAsync("hello");
        await barrier.ReachedAsync(FailPoints.PostAfterCommit);
        barrier.Open(FailPoints.ModelBeforeRequest);
        await agent.StatusAsync(task, status => status == "COMPLETED: Task completed");
        barrier.Open(FailPoints.PostAfterCommit);
        Assert.Equal(new SessionTurn(2, 2, 4), await sent.WaitAsync(DatabaseFixture.Patience));
        Assert.Equal(["user: go", "agent: One.", "user: hello", "agent: Two."], await agent.World.MessagesAsync(task));
        await agent.Handle(task).GetResultAsync();
    }

    [Fact]
    public async Task Complete_StatusStoredBefore_TheMessageIsRefused()
    {
        await using var agent = Agent();
        using var barrier = new Barriers(agent, FailPoints.SettleAfterCommit);
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"One."}]""", "[]", """{"max_turns":1}"""));
        await barrier.ReachedAsync(FailPoints.SettleAfterCommit);
        var sent = agent.Handle(task).SendMessageAsync("hello");
        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => sent.WaitAsync(DatabaseFixture.Patience));
        Assert.Equal("TaskEnded: The task takes no more messages.", Text(refused));
        barrier.Open(FailPoints.SettleAfterCommit);
        await agent.Handle(task).GetResultAsync();
        Assert.DoesNotContain("user: hello", await agent.World.MessagesAsync(task));
        Assert.Equal(RpcException.StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => agent.Handle(task).SendMessageAsync("late"))).Code);
    }

    [Theory]
    [InlineData("by the engine", "CANCELED: Task canceled by user")]
    [InlineData("by mail", "CANCELED: Task canceled by user")]
    [InlineData("by its time", "TIMED_OUT: The task ran for 2 s, its limit.")]
    public async Task End_InTheTurnOfTheMessage_TheSenderIsToldThatItHasNoAnswer(string how, string status)
    {
        await using var agent = Agent(s_quick);
        var task = await agent.StartAsync(AgentWorld.Scripted(
            how == "by mail" ? Hang.Replace("hang", "gate", StringComparison.Ordinal) : Hang, """["hang","gate"]""", how == "by its time" ? """{"max_seconds":2}""" : "{}"));
        await agent.StateAsync(task, state => state.Turns == 1);
        var sent = agent.Handle(task).SendMessageAsync("hello");
        var counters = agent.World.Get<ReactAgentTests.Counters>();
        await (how == "by mail" ? counters.AtGate : counters.Hanging).Task.WaitAsync(DatabaseFixture.Patience);
        if (how == "by the engine")
        {
            await agent.Handle(task).CancelAsync();
        }
        else if (how == "by mail")
        {
            await agent.SayAsync(task, null, "cancel");
            counters.Gate.SetResult();
        }

        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => sent.WaitAsync(DatabaseFixture.Patience));
        Assert.Equal("TaskEnded: The task ended before this message was answered.", Text(refused));
        Assert.Equal(status, await agent.StatusAsync(task, now => !now.StartsWith("RUNNING", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Cancel_WhileTheMessageIsBeingStored_TheSenderIsToldThatTheTaskTakesNoMore()
    {
        await using var agent = Agent();
        using var barrier = new Barriers(agent, FailPoints.PostAfterCommit);
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"One."},{"text":"Two."}]"""));
        await agent.StateAsync(task, state => state.Turns == 1);
        var sent = agent.Handle(task).SendMessageAsync("hello");
        await barrier.ReachedAsync(FailPoints.PostAfterCommit);
        await agent.Handle(task).CancelAsync();
        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => sent.WaitAsync(DatabaseFixture.Patience));
        Assert.Equal("TaskEnded: The task takes no more messages.", Text(refused));
        barrier.Open(FailPoints.PostAfterCommit);
        await agent.StatusAsync(task, status => status == "CANCELED: Task canceled by user");
        Assert.Equal(["user: go", "agent: One."], await agent.World.MessagesAsync(task));
    }

    [Fact]
    public async Task Fail_InTheTurnOfTheMessage_TheSenderIsToldAndARetryAnswersIt()
    {
        await using var agent = Agent();
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"One."},{"error":{"status":400,"message":"No."}},{"text":"Two."}]"""));
        await agent.StateAsync(task, state => state.Turns == 1);
        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => agent.Handle(task).SendMessageAsync("hello").WaitAsync(DatabaseFixture.Patience));
        Assert.Equal("TaskEnded: The task ended before this message was answered.", Text(refused));
        Assert.StartsWith("FAILED", await agent.World.StatusAsync(task), StringComparison.Ordinal);
        await Assert.ThrowsAsync<WorkflowFailedException>(() => agent.Handle(task).GetResultAsync());
        await agent.World.ExecuteAsync(
            "update agents set definition = $1::jsonb where id = (select agent_id from tasks where id = $2)", AgentWorld.Scripted("""[{"text":"One."},{"text":"Two."}]"""), task);
        await agent.World.ExecuteAsync("update tasks set status = 'RUNNING' where id = $1", task);
        await agent.SayAsync(task, "again");
        await agent.LastAsync(task, "agent: Two.");
    }

    [Fact]
    public async Task Terminate_WhileASenderWaits_TheEngineRefusesIt()
    {
        await using var agent = Agent(s_quick);
        var task = await agent.StartAsync(AgentWorld.Scripted(Hang, """["hang"]"""));
        await agent.StateAsync(task, state => state.Turns == 1);
        var sent = agent.Handle(task).SendMessageAsync("hello");
        await agent.World.Get<ReactAgentTests.Counters>().Hanging.Task.WaitAsync(DatabaseFixture.Patience);
        await agent.Handle(task).TerminateAsync();
        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => sent.WaitAsync(DatabaseFixture.Patience));
        Assert.StartsWith("AcceptedUpdateCompletedWorkflow", Text(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_MailAroundIt_StopsWhatCameBeforeAndLeavesWhatComesAfter()
    {
        await using var agent = Agent();
        using var barrier = new Barriers(agent, FailPoints.ModelBeforeRequest);
        var task = await agent.StartAsync(AgentWorld.Scripted("""[{"text":"One."},{"text":"Two."},{"text":"Three."}]"""));
        await barrier.ReachedAsync(FailPoints.ModelBeforeRequest);
        var before = agent.Handle(task).SendMessageAsync("before");
        await agent.PendingUntilAsync(task, 1);
        await agent.SayAsync(task, null, "interrupt");
        var after = agent.Handle(task).SendMessageAsync("after");
        await agent.PendingUntilAsync(task, 3);
        barrier.Open(FailPoints.ModelBeforeRequest);

        var (stopped, answered) = (await before.WaitAsync(DatabaseFixture.Patience), await after.WaitAsync(DatabaseFixture.Patience));
        Assert.Equal((2L, true), (stopped.Mail, stopped.Stopped));
        Assert.Equal((4L, false), (answered.Mail, answered.Stopped));
        Assert.StartsWith("RUNNING", await agent.World.StatusAsync(task), StringComparison.Ordinal);
        Assert.Equal("agent: Two.", (await agent.World.MessagesAsync(task))[^1]);
    }

    private static string Text(WorkflowUpdateFailedException refused) =>
        refused.InnerException is ApplicationFailureException failure ? $"{failure.ErrorType}: {failure.Message}" : $"{refused.InnerException}";

    private RunningAgent Agent(params (string, string)[] settings) =>
        new(database, engine, services => services.AddSingleton<ReactAgentTests.Counters>().AddAgentTools<ReactAgentTests.Counters>(), settings);
}
