using Agents.Durable.Agent.Code;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts.Messages;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Tests.Code;

/// <summary>A code agent that does what its messages say, so that tests can ask for every part of the API.</summary>
[Workflow("helper")]
public sealed class Helper : CodeAgent
{
    [WorkflowRun]
    public Task RunAsync(RunState? carried = null) => LiveAsync(carried, async () =>
    {
        while (true)
        {
            var said = await Messages.NextAsync();
            if (said.Text == "bye")
            {
                await Messages.SendAsync("Bye.");
                return;
            }

            await DoAsync(said.Text);
        }
    });

    private Task DoAsync(string said) => said switch
    {
        "all" => AllAsync(),
        "model" => ModelAsync(),
        "leave" => LeaveAsync(),
        "stream" => StreamAsync(),
        "count" => CountAsync(),
        "remember" => RememberAsync(),
        "pay" => PayAsync(),
        "launch" => LaunchAsync(),
        "wait" => Workflow.DelayAsync(TimeSpan.FromHours(1)),
        "go on" => throw ContinueAsNew(),
        "fail" => throw new ApplicationFailureException("I cannot."),
        _ => Messages.SendAsync($"You said {said}."),
    };

    /// <summary>Every part once: what the tests of crashes go through.</summary>
    private async Task AllAsync()
    {
        var span = await Spans.StartAsync("all", new { why = "test" });
        await State.PutAsync(new Dictionary<string, int> { ["seen"] = 1 });
        await ModelAsync();
        await PayAsync();
        await StreamAsync();
        await Messages.SendAsync("Sent.");
        await span.EndAsync(new { done = true });
    }

    /// <summary>The loop of a declarative agent in five lines.</summary>
    private async Task ModelAsync()
    {
        while (await Model.CallAsync() is { Calls.Count: > 0 } reply)
        {
            await Tools.CallAllAsync(reply);
        }
    }

    private async Task LeaveAsync()
    {
        await Model.CallAsync();
        var reply = await Model.CallAsync(new ModelOptions { Instructions = "Be short.", Tools = [] });
        await Messages.SendAsync($"The model said {reply.Text}");
    }

    private async Task StreamAsync()
    {
        var message = Stream.Begin();
        await message.AppendAsync("One, ");
        await message.AppendAsync("two, ");
        await message.CloseAsync("three.");
    }

    private async Task CountAsync()
    {
        var seen = await State.GetAsync<Dictionary<string, int>>() ?? [];
        seen["count"] = seen.GetValueOrDefault("count") + 1;
        await State.PutAsync(seen);
        var people = await Messages.ListAsync(author: MessageAuthor.User);
        await Messages.SendAsync($"Counted {seen["count"]}, of {people.Count}.");
    }

    private async Task RememberAsync()
    {
        Remember(Remembered<int>() + 1);
        await Messages.SendAsync($"Remembered {Remembered<int>()}.");
    }

    private async Task LaunchAsync()
    {
        var replies = await Workflow.WhenAllAsync(Tools.CallAsync("launch", new { }), Tools.CallAsync("pay", new { amount = 1 }));
        await Messages.SendAsync($"{replies[0].Content} {replies[0].IsError}, {replies[1].Content}");
    }

    private async Task PayAsync()
    {
        var reply = await Tools.CallAsync("pay", new { amount = 3 });
        await Messages.SendAsync($"{reply.Content} {reply.IsError}");
    }
}
