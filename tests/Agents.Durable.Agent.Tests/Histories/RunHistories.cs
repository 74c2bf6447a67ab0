using System.Text.RegularExpressions;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Agents.Durable.Agent.Tests.Histories;

/// <summary>
/// What is asked of every run that a test made: that its history replays. With <c>AGENT_HISTORIES=folder</c> in the environment the histories are written there, for
/// <see cref="FormerHistoriesTests"/>.
/// </summary>
internal static partial class RunHistories
{
    private static readonly string? s_folder = Environment.GetEnvironmentVariable("AGENT_HISTORIES");

    public static async Task CheckAsync(ITemporalClient client, IEnumerable<string> tasks, Type workflow)
    {
        foreach (var task in tasks)
        {
            await foreach (var run in OfAsync(client, task))
            {
                await ReplayAsync(run, workflow);
                if (s_folder is not null)
                {
                    // Stack traces name files of the machine that recorded them.
                    await File.WriteAllTextAsync(Path.Combine(s_folder, FileName(workflow, run)), Place().Replace(run.ToJson(), ""));
                }
            }
        }
    }

    /// <exception cref="Exception">The workflow does not do now what it did then.</exception>
    public static async Task ReplayAsync(WorkflowHistory history, Type workflow)
    {
        // A code agent's type is its queue's name, which is another in each test.
        var name = history.Events.First().WorkflowExecutionStartedEventAttributes.WorkflowType.Name;
        var options = new WorkflowReplayerOptions { DisableWorkflowTracingEventListener = true }.AddWorkflow(WorkflowDefinition.Create(workflow, name, null));
        await new WorkflowReplayer(options).ReplayWorkflowAsync(history);
    }

    // The last run and those that it goes on from.
    private static async IAsyncEnumerable<WorkflowHistory> OfAsync(ITemporalClient client, string task)
    {
        for (string? run = null; run != "";)
        {
            var history = await client.GetWorkflowHandle(task, run).FetchHistoryAsync();
            run = history.Events.First().WorkflowExecutionStartedEventAttributes.ContinuedExecutionRunId;
            yield return history;
        }
    }

    private static string FileName(Type workflow, WorkflowHistory history)
    {
        var test = TestContext.Current.Test?.TestDisplayName ?? "";
        return $"{workflow.Name}.{NotInNames().Replace(test[(test.LastIndexOf("Tests.", StringComparison.Ordinal) + "Tests.".Length)..], "-")}.{history.Events.First().WorkflowExecutionStartedEventAttributes.OriginalExecutionRunId[..4]}.json";
    }

    [GeneratedRegex(@" in [^\s"":]+:line \d+")]
    private static partial Regex Place();

    [GeneratedRegex("[^A-Za-z0-9_]+")]
    private static partial Regex NotInNames();
}
