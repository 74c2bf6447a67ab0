using System.Collections.Concurrent;
using Agents.Durable.Agent.Code;
using Agents.Durable.Agent.Runs;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Tests.Code;

/// <summary>A code agent with the mistakes that authors make.</summary>
[Workflow("wayward")]
public sealed class Wayward : CodeAgent
{
    private static readonly ConcurrentDictionary<string, bool> s_failed = new();

    /// <summary>Whether the task's program has its fault still: the author corrects it as soon as it has shown.</summary>
    private static bool IsWrong => s_failed.TryAdd(Workflow.Info.WorkflowId, true);

    [WorkflowRun]
    public Task RunAsync(RunState? carried = null) => LiveAsync(carried, async () =>
    {
        while (true)
        {
            await DoAsync((await Messages.NextAsync()).Text);
        }
    });

    [WorkflowQuery("broken")]
    public string Broken() => throw new InvalidOperationException("This query is broken.");

    private Task DoAsync(string said) => said switch
    {
        "rest" => Workflow.DelayAsync(TimeSpan.FromSeconds(1.3)),
        "half" => HalfAsync(() => throw new ApplicationFailureException("I lost the thread.")),
        "half and listen" => HalfAsync(async () => await DoAsync((await Messages.NextAsync()).Text)),
        "bug" when IsWrong => throw new InvalidOperationException("A bug of the author's."),
        "change" => ChangeAsync(),
        "hang" => Tools.CallAsync("hang", new { }),
        "launch" => Tools.CallAsync("launch", new { }),
        "model" => Model.CallAsync(),
        _ => Messages.SendAsync($"{said.Length} {said[..Math.Min(said.Length, 20)]}"),
    };

    private async Task HalfAsync(Func<Task> then)
    {
        var message = Stream.Begin();
        await message.AppendAsync("Half of ");
        await then();
    }

    /// <summary>Does something else the second time: what an author does who changes code that runs.</summary>
    private async Task ChangeAsync()
    {
        if (Workflow.Unsafe.IsReplaying && IsWrong)
        {
            await Workflow.DelayAsync(TimeSpan.FromMinutes(1));
        }

        await Messages.SendAsync("One.");
        await Messages.SendAsync("Two.");
    }
}
