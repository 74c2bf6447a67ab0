using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Sessions;
using Agents.Durable.Gateway.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Agents of our own: made by a definition, run by workflows that are woken and read their mailbox.</summary>
public sealed class DeclarativeAgentTests(GatewayServer server) : IDisposable
{
    private readonly GatewayCalls _calls = new(server.Address);

    [Fact]
    public async Task Put_ValidDefinition_IsAnAsyncAgentThatShowsIt()
    {
        var name = await _calls.DefineAsync();

        var agent = await _calls.OkAsync("GET", $"/agents/name/{name}");

        Assert.Equal("async", agent.GetProperty("acp_type").GetString());
        Assert.Equal("Ready", agent.GetProperty("status").GetString());
        Assert.Equal("scripted", agent.GetProperty("definition").GetProperty("model").GetProperty("provider").GetString());
        var definition = await _calls.OkAsync("GET", $"/agents/name/{name}/definition");
        Assert.Equal("Be brief.", definition.GetProperty("instructions").GetString());
    }

    [Fact]
    public async Task Put_Again_ChangesTheSameAgent()
    {
        var name = await _calls.DefineAsync();
        var first = await _calls.OkAsync("GET", $"/agents/name/{name}");

        await _calls.OkAsync("PUT", $"/agents/name/{name}/definition", """{"description":"new","instructions":"Be long.","model":{"provider":"scripted","name":"s","parameters":{"script":[{"text":"Hi."}]}},"tools":[],"limits":{}}""");

        var second = await _calls.OkAsync("GET", $"/agents/name/{name}");
        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        Assert.Equal("new", second.GetProperty("description").GetString());
    }

    [Theory]
    [InlineData("""{"instructions":3}""")]
    [InlineData("[]")]
    [InlineData("{\"model\":{\"provider\":")]
    public async Task Put_InvalidDefinition_Is422AndMakesNoAgent(string definition)
    {
        var name = $"bad-{Guid.NewGuid():N}";

        var (status, body) = await _calls.SendAsync("PUT", $"/agents/name/{name}/definition", definition);

        Assert.Equal(422, status);
        Assert.NotEmpty(body.GetProperty("message").GetString()!);
        Assert.Equal(404, (await _calls.SendAsync("GET", $"/agents/name/{name}")).Status);
    }

    [Fact]
    public async Task Put_NameOfARemoteAgent_IsRefused()
    {
        var name = $"remote-{Guid.NewGuid():N}";
        await _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{name}}","description":"d","acp_url":"http://127.0.0.1:9","acp_type":"async"}""");

        var (status, _) = await _calls.SendAsync("PUT", $"/agents/name/{name}/definition", """{"description":"d","instructions":"","model":{"provider":"scripted","name":"s"},"tools":[],"limits":{}}""");

        Assert.Equal(400, status);
    }

    [Fact]
    public async Task Put_CodeAgent_IsAnAsyncAgentThatNeedsNoModelAndStaysOne()
    {
        var name = $"code-{Guid.NewGuid():N}";
        const string Definition = """{"kind":"code","description":"d","instructions":"","tools":["workspace"],"limits":{"max_seconds":60}}""";
        await _calls.OkAsync("PUT", $"/agents/name/{name}/definition", Definition);

        var agent = await _calls.OkAsync("PUT", $"/agents/name/{name}/definition", Definition);

        Assert.Equal("async", agent.GetProperty("acp_type").GetString());
        var (status, body) = await _calls.SendAsync("PUT", $"/agents/name/{name}/definition", """{"model":{"provider":"scripted"}}""");
        Assert.Equal(400, status);
        Assert.Contains("is not a declarative agent", body.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(422, (await _calls.SendAsync("PUT", "/agents/name/agents/definition", Definition)).Status);
    }

    [Fact]
    public async Task CreateAndSend_EngineThere_WakesTheWorkflowForEachPosition()
    {
        var agent = await _calls.DefineAsync();
        var task = await _calls.CreateTaskAsync(agent);

        await _calls.SendEventAsync(agent, task, "one");
        await _calls.SendEventAsync(agent, task, "two");

        Assert.Equal([$"wake {task} 1", $"wake {task} 2", $"wake {task} 3"], server.Sessions.CallsFor(task).Take(3));
    }

    [Fact]
    public async Task Send_SameIdempotencyKey_IsOneEvent()
    {
        var agent = await _calls.DefineAsync();
        var task = await _calls.CreateTaskAsync(agent);

        var first = await _calls.SendEventAsync(agent, task, "once", idempotencyKey: "k1");
        var second = await _calls.SendEventAsync(agent, task, "once", idempotencyKey: "k1");

        Assert.Equal(first.GetProperty("result").GetProperty("id").GetString(), second.GetProperty("result").GetProperty("id").GetString());
        Assert.Equal(2, server.Sessions.CallsFor(task).Distinct().Count());
    }

    [Fact]
    public async Task CreateAndSend_EngineAway_AreAcceptedAndWokenWhenItIsBack()
    {
        var agent = await _calls.DefineAsync("away");
        server.Sessions.SetDown(agent, true);
        var task = await _calls.CreateTaskAsync(agent);
        var sent = await _calls.SendEventAsync(agent, task, "one");
        Assert.Equal(task, sent.GetProperty("result").GetProperty("task_id").GetString());
        Assert.Empty(server.Sessions.CallsFor(task));

        server.Sessions.SetDown(agent, false);

        await GatewayCalls.UntilAsync(() => server.Sessions.CallsFor(task).Count > 0);
    }

    [Fact]
    public async Task Create_CrashBeforeTheWakeUp_IsHealedBySweep()
    {
        var name = await _calls.DefineAsync();
        await using var scope = server.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<OwnerScope>().Set(new OwnerId("dev"));
        var agent = await scope.ServiceProvider.GetRequiredService<AgentDirectory>().GetAsync(AgentKeyword.ByName(name), TestContext.Current.CancellationToken);

        // All that a process does that dies right after its commit.
        var task = await scope.ServiceProvider.GetRequiredService<TaskCreation>().GetOrCreateAsync(agent, new NewTask(null, null, null), TestContext.Current.CancellationToken);

        await GatewayCalls.UntilAsync(() => server.Sessions.CallsFor(task.Id).Contains($"wake {task.Id} 1"));
    }

    [Theory]
    [InlineData("complete", "terminate")]
    [InlineData("fail", "terminate")]
    [InlineData("cancel", "cancel")]
    public async Task EndOverRest_OpenTask_ChangesTheRowAndStopsTheWorkflow(string transition, string call)
    {
        var agent = await _calls.DefineAsync();
        var task = await _calls.CreateTaskAsync(agent);

        await _calls.OkAsync("POST", $"/tasks/{task}/{transition}");

        Assert.Contains($"{call} {task}", server.Sessions.CallsFor(task));
        var refused = await _calls.SendEventAsync(agent, task, "late");
        Assert.Equal(-32603, refused.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Empty((await _calls.OkAsync("GET", $"/events?task_id={task}&agent_id={(await _calls.OkAsync("GET", $"/agents/name/{agent}")).GetProperty("id").GetString()}")).EnumerateArray());
    }

    [Fact]
    public async Task Reconcile_WorkflowThatEndedWithoutSayingSo_ClosesTheRow()
    {
        var agent = await _calls.DefineAsync();
        var ended = await _calls.CreateTaskAsync(agent);
        var unread = await _calls.CreateTaskAsync(agent);
        await HandleMailAsync(ended);
        server.Sessions.Outcomes[ended] = AgentTaskStatus.Terminated;
        server.Sessions.Outcomes[unread] = AgentTaskStatus.Terminated;

        await server.Services.GetRequiredService<SessionReconciler>().ReconcileAsync(DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);

        Assert.Equal("TERMINATED", (await _calls.OkAsync("GET", $"/tasks/{ended}")).GetProperty("status").GetString());
        Assert.Equal("RUNNING", (await _calls.OkAsync("GET", $"/tasks/{unread}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Reconcile_RowThatHasAStatusOfItsOwn_LeavesIt()
    {
        var agent = await _calls.DefineAsync();
        var task = await _calls.CreateTaskAsync(agent);
        await HandleMailAsync(task);
        await _calls.OkAsync("POST", $"/tasks/{task}/complete");
        server.Sessions.Outcomes[task] = AgentTaskStatus.Terminated;

        await server.Services.GetRequiredService<SessionReconciler>().ReconcileAsync(DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);

        Assert.Equal("COMPLETED", (await _calls.OkAsync("GET", $"/tasks/{task}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Interrupt_OverRest_IsMailAfterWhatWasSent()
    {
        var agent = await _calls.DefineAsync();
        var task = await _calls.CreateTaskAsync(agent);

        var row = await _calls.OkAsync("POST", $"/tasks/{task}/interrupt");

        Assert.Equal("INTERRUPTED", row.GetProperty("status").GetString());
        Assert.Contains($"wake {task} 2", server.Sessions.CallsFor(task));
    }

    [Fact]
    public async Task SendToTaskOfAnotherAgent_DeclarativeAgent_IsRefused()
    {
        var owner = await _calls.DefineAsync();
        var other = await _calls.DefineAsync();
        var task = await _calls.CreateTaskAsync(owner);

        var answer = await _calls.SendEventAsync(other, task, "x");

        Assert.Equal(-32603, answer.GetProperty("error").GetProperty("code").GetInt32());
    }

    // As the workflow does that reads its mailbox.
    private async Task HandleMailAsync(string task)
    {
        await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("UPDATE mailbox SET state = 'delivered' WHERE task_id = $1");
        command.Parameters.Add(new() { Value = task });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose() => _calls.Dispose();
}
