using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Contracts;

namespace Agents.Durable.Agent.Tests.Steps;

public sealed class MailStepTests(DatabaseFixture database)
{
    [Fact]
    public async Task Run_SeveralMails_TakesThemInOrderAndSettlesThem()
    {
        await using var world = new AgentWorld(database);
        var task = await world.TaskAsync(AgentWorld.Scripted("[]"));
        await world.MailAsync(task, null, "create");
        foreach (var text in new[] { "one", "two", "three" })
        {
            await world.MailAsync(task, text);
        }

        var facts = await new LoopDriver(world, task, times: 3).MailAsync(resume: true);
        Assert.Equal((4, 3, true), (facts.Cursor, facts.Head, facts.Open));
        Assert.Equal(["user: one", "user: two", "user: three"], await world.MessagesAsync(task));
        Assert.Equal(4, await world.CountAsync("select count(*) from mailbox where task_id = $1 and state = 'delivered'", task));
    }

    [Fact]
    public async Task Run_TryAfterCommit_DoesNotTakeNewerMail()
    {
        await using var world = new AgentWorld(database);
        var task = await world.TaskAsync(AgentWorld.Scripted("[]"));
        await world.MailAsync(task, "one");
        var step = world.Get<MailStep>();
        var request = new MailRequest(0, 0, false);
        var first = await step.RunAsync(request, new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None);
        await world.MailAsync(task, "two");
        var again = await step.RunAsync(request, new CallContext { TaskId = task, Attempt = 2 }, CancellationToken.None);
        Assert.Equal(first, again);
        Assert.Equal((1, 1), (again.Cursor, again.Head));
        var next = await step.RunAsync(new MailRequest(again.Cursor, again.Head, false), new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None);
        Assert.Equal((2, 2), (next.Cursor, next.Head));
    }

    [Fact]
    public async Task Run_ResumeTryAfterCommit_StillOpensTheTurn()
    {
        await using var world = new AgentWorld(database);
        var task = await world.TaskAsync(AgentWorld.Scripted("[]"));
        await world.MailAsync(task, "one");
        var step = world.Get<MailStep>();
        await step.RunAsync(new MailRequest(0, 0, true), new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None);
        var again = await step.RunAsync(new MailRequest(0, 0, true), new CallContext { TaskId = task, Attempt = 2 }, CancellationToken.None);
        Assert.Equal((1, 1, true), (again.Cursor, again.Head, again.Open));
    }

    [Theory]
    [InlineData("interrupt")]
    [InlineData("cancel")]
    public async Task Run_RequestToStop_EndsTheReading(string kind)
    {
        await using var world = new AgentWorld(database);
        var task = await world.TaskAsync(AgentWorld.Scripted("[]"));
        await world.MailAsync(task, "one");
        await world.MailAsync(task, null, kind);
        await world.MailAsync(task, "two");
        var facts = await new LoopDriver(world, task).MailAsync(resume: true);
        Assert.Equal((2, 1, true), (facts.Cursor, facts.Head, facts.More));
        Assert.Equal((kind == "interrupt", kind == "cancel"), (facts.Interrupt, facts.Cancel));
    }

    [Fact]
    public async Task Run_SecondRunOfTheTask_GoesOnWhereTheFirstEnded()
    {
        await using var world = new AgentWorld(database);
        var task = await world.TaskAsync(AgentWorld.Scripted("""[{"text":"first"},{"tool_calls":[{"name":"list_files"},{"name":"list_files"}]},{"text":"third"}]""", """["list_files"]"""));
        await world.MailAsync(task, "one");
        var first = new LoopDriver(world, task);
        await first.TurnAsync(resume: true);
        await world.MailAsync(task, "two");
        await first.MailAsync();

        // The run dies between the model's answer and its calls, one of which was made.
        await world.Get<ModelStep>().RunAsync(new ModelRequest(1, first.State.Head, first.State.Definition), new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None);
        await first.ToolAsync(new ToolRequest(1, 1, first.State.Head, first.State.Definition));

        var second = new LoopDriver(world, task, times: 2);
        await second.TurnAsync(resume: true);
        var messages = await world.MessagesAsync(task);
        Assert.Equal("agent: third", messages[^1]);
        Assert.Equal(3, second.State.Calls);
        var transcript = await world.Get<Data.Transcripts.TranscriptStore>().ReadAsync(task, second.State.Head, CancellationToken.None);
        Assert.Equal("This call was not made: the task's run ended before.", transcript.Single(entry => entry.Message.CallId == "m1-0").Message.Text);
        Assert.Equal("The folder is empty.", transcript.Single(entry => entry.Message.CallId == "m1-1").Message.Text);
    }

    [Fact]
    public async Task Run_InterruptedTaskGetsMail_RunsAgain()
    {
        await using var world = new AgentWorld(database);
        var task = await world.TaskAsync(AgentWorld.Scripted("[]"));
        var driver = new LoopDriver(world, task, times: 2);
        await driver.SettleAsync(AgentTaskStatus.Interrupted, "Task interrupted");
        Assert.Equal("INTERRUPTED: Task interrupted", await world.StatusAsync(task));
        await world.MailAsync(task, "go on");
        await driver.MailAsync(resume: true);
        Assert.Equal("RUNNING: Task resumed", await world.StatusAsync(task));
        Assert.Equal(3, (await world.StreamAsync(task)).Count(update => update.Update.GetProperty("type").GetString() == "task_updated"));
    }

    [Fact]
    public async Task Settle_NewerMail_KeepsTheTaskOpen()
    {
        await using var world = new AgentWorld(database);
        var task = await world.TaskAsync(AgentWorld.Scripted("[]"));
        var position = await world.MailAsync(task, "one");
        var driver = new LoopDriver(world, task);
        Assert.Equal(position, (await driver.SettleAsync(AgentTaskStatus.Completed, "Task completed", handled: position - 1)).Newest);
        Assert.StartsWith("RUNNING", await world.StatusAsync(task), StringComparison.Ordinal);
        Assert.Equal(0, (await driver.SettleAsync(AgentTaskStatus.Completed, "Task completed", handled: position)).Newest);
        Assert.Equal("COMPLETED: Task completed", await world.StatusAsync(task));
        await driver.SettleAsync(AgentTaskStatus.Failed, "too late");
        Assert.Equal("COMPLETED: Task completed", await world.StatusAsync(task));
    }
}
