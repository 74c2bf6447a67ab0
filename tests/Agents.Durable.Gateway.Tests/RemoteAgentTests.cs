using System.Text.Json;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Agents;
using Agents.Durable.Gateway.Mailbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Asynchronous remote agents: what is accepted reaches them, in order, through their absences.</summary>
public sealed class RemoteAgentTests(GatewayServer server) : IAsyncLifetime
{
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly FakeAgent _agent = new();
    private readonly string _name = $"remote-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await _agent.StartAsync();
        await RegisterAsync();
    }

    [Fact]
    public async Task Send_AgentAway_AnswersTheEventAndDeliversInOrderWhenItIsBack()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _agent.StopAsync();

        var first = await _calls.SendEventAsync(_name, task, "one");
        var second = await _calls.SendEventAsync(_name, task, "two");

        Assert.Equal(task, TaskOf(first));
        Assert.Equal(task, TaskOf(second));
        await _agent.StartAsync();
        await GatewayCalls.UntilAsync(() => _agent.Texts.Count >= 2);
        Assert.Equal(["one", "two"], _agent.Texts);
        Assert.NotNull(_agent.Received.Single(call => call.Text == "one").Attempt);

        static string? TaskOf(JsonElement answer) => answer.GetProperty("result").GetProperty("task_id").GetString();
    }

    [Fact]
    public async Task Send_AgentFailsWith500_IsDeliveredAgain()
    {
        var task = await _calls.CreateTaskAsync(_name);
        _agent.Status = 500;
        await _calls.SendEventAsync(_name, task, "one");

        _agent.Status = 200;

        await GatewayCalls.UntilAsync(() => _agent.Texts.Count >= 2);
        Assert.Equal("2", _agent.Received[^1].Attempt);
    }

    [Fact]
    public async Task Send_AgentAwayForADay_IsGivenUpAndTheNextIsDelivered()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _agent.StopAsync();
        await _calls.SendEventAsync(_name, task, "too late");
        await _calls.SendEventAsync(_name, task, "in time");

        await SqlAsync($"UPDATE mailbox SET created_at = created_at - interval '25 hours', due_at = now() WHERE task_id = '{task}' AND position = 1");

        await GatewayCalls.UntilAsync(async () => Equals(await SqlAsync($"SELECT state FROM mailbox WHERE task_id = '{task}' AND position = 1"), "dead"));
        await _agent.StartAsync();
        await GatewayCalls.UntilAsync(() => _agent.Texts.Count >= 1);
        Assert.Equal(["in time"], _agent.Texts);
    }

    // Taken in the moment in which its gateway was struck out.
    [Fact]
    public async Task Send_LeasedByAGatewayThatIsGone_IsDeliveredBeforeTheLeaseEnds()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _agent.StopAsync();
        await _calls.SendEventAsync(_name, task, "one");
        await SqlAsync($"UPDATE mailbox SET leased_by = 'gone', leased_until = now() + interval '1 hour', due_at = now(), sent_at = now() - interval '7 seconds' WHERE task_id = '{task}'");

        await _agent.StartAsync();

        await GatewayCalls.UntilAsync(() => _agent.Texts.Count == 1);
    }

    [Fact]
    public async Task Stop_WhileAnAcknowledgementIsUnderWay_WaitsForIt()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _agent.StopAsync();
        await _calls.SendEventAsync(_name, task, "one");
        var acknowledged = new TaskCompletionSource();
        _agent.BeforeAnswer = _ => acknowledged.Task;
        // So the other gateway takes it up.
        using (await server.Services.GetRequiredService<TaskLanes>().EnterAsync(task, TestContext.Current.CancellationToken))
        {
            var other = await server.StartAsync(options => options.Mode = Auth.AuthMode.Development, sweeps: true);
            var sweep = other.Services.GetServices<IHostedService>().OfType<MailSweep>().Single();
            await _agent.StartAsync();
            await GatewayCalls.UntilAsync(() => _agent.Texts.Count == 1);

            var stopping = other.StopAsync(CancellationToken.None);
            await GatewayCalls.UntilAsync(() => sweep.ExecuteTask!.IsCompleted);
            acknowledged.SetResult();
            await stopping;
            await other.DisposeAsync();
        }

        Assert.Equal("delivered", await SqlAsync($"SELECT state FROM mailbox WHERE task_id = '{task}'"));
        Assert.Equal(["one"], _agent.Texts);
    }

    [Fact]
    public async Task Send_WhileOneIsUnacknowledged_WaitsForItsAcknowledgement()
    {
        var task = await _calls.CreateTaskAsync(_name);
        var release = new TaskCompletionSource();
        _agent.BeforeAnswer = text => text == "one" ? release.Task : Task.CompletedTask;

        var first = _calls.SendEventAsync(_name, task, "one");
        await GatewayCalls.UntilAsync(() => _agent.Texts.Count == 1);
        var second = _calls.SendEventAsync(_name, task, "two");
        Assert.Equal(["one"], _agent.Texts);
        release.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal(["one", "two"], _agent.Texts);
    }

    [Fact]
    public async Task Register_AcknowledgedEventWithoutTrace_IsSentAgain()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.SendEventAsync(_name, task, "lost");

        await RegisterAsync();

        await GatewayCalls.UntilAsync(() => _agent.Texts.Count == 2);
        Assert.Equal(("event/send", "lost", "2"), _agent.Received[^1]);
    }

    // What the process that died had said is still on its way when the next one registers.
    [Fact]
    public async Task Register_WhileAnAcknowledgementIsUnderWay_IsSentAgainThreeTimesAtMostAndInOrder()
    {
        var task = await _calls.CreateTaskAsync(_name);
        var acknowledged = new SemaphoreSlim(0);
        _agent.BeforeAnswer = text => text == "lost" ? acknowledged.WaitAsync(TestContext.Current.CancellationToken) : Task.CompletedTask;
        var first = _calls.SendEventAsync(_name, task, "lost");
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            await GatewayCalls.UntilAsync(() => _agent.Texts.Count == attempt);
            await RegisterAsync();
            acknowledged.Release();
        }

        await first;
        await _calls.SendEventAsync(_name, task, "next");

        await GatewayCalls.UntilAsync(() => _agent.Texts.Contains("next"));
        Assert.Equal(["lost", "lost", "lost", "lost", "next"], _agent.Texts);
        Assert.Equal([null, "2", "3", "4", null], _agent.Received.Where(call => call.Method == "event/send").Select(call => call.Attempt));
    }

    // Taken up before the registration, but not on its way: so the process that acknowledges is the one that registered.
    [Theory]
    [InlineData(true, "delivered")]
    [InlineData(false, "pending")]
    public async Task Register_BeforeADeliveryThatWasTakenUpGoesOut_CountsTheAcknowledgement(bool after, string state)
    {
        var task = await _calls.CreateTaskAsync(_name);
        var agent = (await _calls.OkAsync("GET", $"/agents/name/{_name}")).GetProperty("id").GetString()!;
        var mailbox = server.Services.GetRequiredService<MailboxStore>();
        var claimed = (await mailbox.PutAsync(new NewMail("dev", task, agent, MailboxKind.Event, null, null), TestContext.Current.CancellationToken))!.Claim!;
        var before = TimeProvider.System.GetUtcNow();
        await RegisterAsync();

        await mailbox.SettleAsync(
            claimed with { SentAt = after ? TimeProvider.System.GetUtcNow() : before }, MailboxState.Delivered, null, TestContext.Current.CancellationToken);

        Assert.Equal(state, await SqlAsync($"SELECT state FROM mailbox WHERE task_id = '{task}'"));
    }

    [Fact]
    public async Task Register_WhileAnAcknowledgementIsUnderWayOfAnEventThatIsHandled_IsNotSentAgain()
    {
        var task = await _calls.CreateTaskAsync(_name);
        var acknowledged = new TaskCompletionSource();
        _agent.BeforeAnswer = text => text == "handled" ? acknowledged.Task : Task.CompletedTask;
        var sent = _calls.SendEventAsync(_name, task, "handled");
        await GatewayCalls.UntilAsync(() => _agent.Texts.Count == 1);
        await RegisterAsync();
        await _calls.OkAsync("POST", "/messages", $$$"""{"task_id":"{{{task}}}","content":{"type":"text","author":"agent","content":"done"}}""");
        acknowledged.SetResult();
        await sent;

        // In order, so the next one would come after it.
        await _calls.SendEventAsync(_name, task, "next");

        await GatewayCalls.UntilAsync(() => _agent.Texts.Contains("next"));
        Assert.Equal(["handled", "next"], _agent.Texts);
    }

    [Fact]
    public async Task Register_EventThatTheAgentAnswered_IsNotSentAgain()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.SendEventAsync(_name, task, "handled");
        await _calls.OkAsync("POST", "/messages", $$$"""{"task_id":"{{{task}}}","content":{"type":"text","author":"agent","content":"done"}}""");
        var other = await _calls.CreateTaskAsync(_name);
        await _calls.SendEventAsync(_name, other, "lost");

        await RegisterAsync();

        await GatewayCalls.UntilAsync(() => _agent.Texts.Count == 3);
        Assert.Equal(["handled", "lost", "lost"], _agent.Texts);
    }

    // The answer to the one before it was begun earlier, whatever time it claims, and came to its end later.
    [Theory]
    [InlineData(null)]
    [InlineData("2999-01-01T00:00:00Z")]
    public async Task Register_OnlyAMessageBegunBeforeTheEventWasFinishedAfterIt_IsSentAgain(string? dated)
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.SendEventAsync(_name, task, "one");
        var answer = await SayAsync(task, "answer to o", "IN_PROGRESS", dated);
        await _calls.SendEventAsync(_name, task, "two");
        await FinishAsync(task, answer, "answer to one");

        await RegisterAsync();
        await GatewayCalls.UntilAsync(() => _agent.Texts.Count >= 3);
        await _calls.SendEventAsync(_name, task, "three");

        Assert.Equal(["one", "two", "two", "three"], _agent.Texts);
    }

    [Fact]
    public async Task Register_EventThatWasAnsweredByAMessageThatIsDatedBack_IsNotSentAgain()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.SendEventAsync(_name, task, "handled");
        await SayAsync(task, "done", "DONE", "2001-01-01T00:00:00Z");

        await RegisterAsync();
        await NextIsNextAsync(task, "handled");
    }

    [Fact]
    public async Task Register_AnswerToALaterEventIsUnderWay_SendsOnlyThatAgain()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.SendEventAsync(_name, task, "answered");
        await SayAsync(task, "done", "DONE", null);
        await _calls.SendEventAsync(_name, task, "lost");
        await SayAsync(task, "I beg", "IN_PROGRESS", null);

        await RegisterAsync();
        await GatewayCalls.UntilAsync(() => _agent.Texts.Count >= 3);
        await SayAsync(task, "done again", "DONE", null);
        // The message that was begun with the first delivery is nobody's any more.
        await RegisterAsync();
        await NextIsNextAsync(task, "answered", "lost", "lost");
    }

    // The acknowledgement did not arrive, but the agent had the event, and does not begin a second answer to it.
    [Fact]
    public async Task Register_AnswerWasBegunWithADeliveryThatFailed_IsNotSentAgain()
    {
        var task = await _calls.CreateTaskAsync(_name);
        _agent.Status = 503;
        await _calls.SendEventAsync(_name, task, "handled");
        var answer = await SayAsync(task, "d", "IN_PROGRESS", null);
        _agent.Status = 200;
        await GatewayCalls.UntilAsync(async () => Equals(await SqlAsync($"SELECT state FROM mailbox WHERE task_id = '{task}'"), "delivered"));
        await FinishAsync(task, answer, "done");
        var before = _agent.Texts.Count;

        await RegisterAsync();
        await NextIsNextAsync(task, [.. Enumerable.Repeat("handled", before)]);
    }

    [Fact]
    public async Task Register_TaskThatFailedWasBegunAnew_DoesNotSendWhatCameBefore()
    {
        var named = $$"""{"name":"{{_name}}"}""";
        var task = await _calls.CreateTaskAsync(_name, named);
        await _calls.SendEventAsync(_name, task, "before");
        await _calls.OkAsync("POST", $"/tasks/{task}/fail");
        Assert.Equal(task, await _calls.CreateTaskAsync(_name, named));

        await RegisterAsync();
        await NextIsNextAsync(task, "before");
    }

    [Fact]
    public async Task Register_TaskWasCleanedWhileItWasInterrupted_DoesNotSendEventsWithoutContent()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await TrackAsync(task, await _calls.SendEventAsync(_name, task, "cleaned"));
        await _calls.OkAsync("POST", $"/tasks/{task}/interrupt");
        await _calls.OkAsync("POST", $"/tasks/{task}/clean", """{"force":true}""");

        await RegisterAsync();
        await NextIsNextAsync(task, "cleaned");
    }

    [Fact]
    public async Task Register_EventThatTheTrackerReached_IsNotSentAgain()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await TrackAsync(task, await _calls.SendEventAsync(_name, task, "tracked"));
        await _calls.SendEventAsync(_name, task, "lost");

        await RegisterAsync();

        await GatewayCalls.UntilAsync(() => _agent.Texts.Count == 3);
        Assert.Equal(["tracked", "lost", "lost"], _agent.Texts);
    }

    [Fact]
    public async Task Probe_AgentThatDoesNotAnswer_IsUnhealthyUntilItDoes()
    {
        var probes = server.Services.GetRequiredService<AgentProbes>();
        var id = (await _calls.OkAsync("GET", $"/agents/name/{_name}")).GetProperty("id").GetString()!;
        await _agent.StopAsync();
        for (var attempt = 1; attempt < 5; attempt++)
        {
            await probes.ProbeAsync(id, _agent.Url, TestContext.Current.CancellationToken);
        }

        Assert.Equal("Ready", await StatusAsync());
        await probes.ProbeAsync(id, _agent.Url, TestContext.Current.CancellationToken);
        Assert.Equal("Unhealthy", await StatusAsync());
        await _agent.StartAsync();
        await probes.ProbeAsync(id, _agent.Url, TestContext.Current.CancellationToken);
        Assert.Equal("Ready", await StatusAsync());

        async Task<string?> StatusAsync() => (await _calls.OkAsync("GET", $"/agents/name/{_name}")).GetProperty("status").GetString();
    }

    [Fact]
    public async Task Send_FinishedTask_IsRefusedAndNotStored()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.OkAsync("POST", $"/tasks/{task}/complete");

        var answer = await _calls.SendEventAsync(_name, task, "late");

        Assert.Equal(-32603, answer.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Empty(_agent.Texts);
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _agent.DisposeAsync();
    }

    private async Task<object?> SqlAsync(string sql)
    {
        await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    // Mail is in order, so what comes again would come before this.
    private async Task NextIsNextAsync(string task, params string[] before)
    {
        await SqlAsync($"UPDATE mailbox SET due_at = now() WHERE task_id = '{task}' AND state = 'pending'");
        await _calls.SendEventAsync(_name, task, "next");
        await GatewayCalls.UntilAsync(() => _agent.Texts.Contains("next"));
        Assert.Equal([.. before, "next"], _agent.Texts);
    }

    private async Task TrackAsync(string task, JsonElement sent)
    {
        var tracker = (await _calls.OkAsync("GET", $"/tracker?task_id={task}")).EnumerateArray().Single().GetProperty("id").GetString();
        await _calls.OkAsync("PUT", $"/tracker/{tracker}", $$"""{"last_processed_event_id":"{{sent.GetProperty("result").GetProperty("id").GetString()}}"}""");
    }

    private async Task<string> SayAsync(string task, string text, string status, string? dated)
    {
        var at = dated is null ? "" : $",\"created_at\":\"{dated}\"";
        var message = await _calls.OkAsync(
            "POST", "/messages", $$$"""{"task_id":"{{{task}}}","content":{"type":"text","author":"agent","content":"{{{text}}}"},"streaming_status":"{{{status}}}"{{{at}}}}""");
        return message.GetProperty("id").GetString()!;
    }

    private Task<JsonElement> FinishAsync(string task, string message, string text) => _calls.OkAsync(
        "PUT", $"/messages/{message}", $$$"""{"task_id":"{{{task}}}","content":{"type":"text","author":"agent","content":"{{{text}}}"},"streaming_status":"DONE"}""");

    private Task<JsonElement> RegisterAsync() =>
        _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{_name}}","description":"d","acp_url":"{{_agent.Url}}","acp_type":"async"}""");
}
