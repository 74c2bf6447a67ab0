using Temporalio.Activities;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

public class ReplayerTests(TestServer server)
{
    [Fact]
    public async Task ReplayWorkflowAsync_CodeThatMadeTheHistory_Succeeds()
    {
        var history = await HistoryAsync();
        var result = await new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<Before.StepsWorkflow>()).ReplayWorkflowAsync(history);
        Assert.Null(result.ReplayFailure);
        Assert.Same(history, result.History);
    }

    [Fact]
    public async Task ReplayWorkflowAsync_HistoryAsJson_Succeeds()
    {
        var history = await HistoryAsync();
        var copy = WorkflowHistory.FromJson(history.Id, history.ToJson());
        await new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<Before.StepsWorkflow>()).ReplayWorkflowAsync(copy);
    }

    [Fact]
    public async Task ReplayWorkflowAsync_ChangedCode_Throws()
    {
        var replayer = new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<After.StepsWorkflow>());
        await Assert.ThrowsAsync<WorkflowNondeterminismException>(async () => await replayer.ReplayWorkflowAsync(await HistoryAsync()));
    }

    [Fact]
    public async Task ReplayWorkflowsAsync_SeveralOneOfThemBad_TellsWhich()
    {
        var good = await HistoryAsync();
        var unknown = new WorkflowHistory("other", [.. good.Events.Select(e => e.Clone())]);
        unknown.Events.First().WorkflowExecutionStartedEventAttributes.WorkflowType.Name = "Unknown";
        var replayer = new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<Before.StepsWorkflow>());
        var results = (await replayer.ReplayWorkflowsAsync([good, unknown, good])).ToList();
        Assert.Equal([false, true, false], results.Select(r => r.ReplayFailure is not null));
        Assert.Contains("Unknown", results[1].ReplayFailure!.Message, StringComparison.Ordinal);
        Assert.Equal(3, await replayer.ReplayWorkflowsAsync(Stream()).CountAsync(TestContext.Current.CancellationToken));

        async IAsyncEnumerable<WorkflowHistory> Stream()
        {
            yield return good;
            await Task.Yield();
            yield return unknown;
            yield return good;
        }
    }

    private async Task<WorkflowHistory> HistoryAsync()
    {
        WorkflowHistory? history = null;
        await server.WithWorkerAsync<Before.StepsWorkflow>(
            async run =>
            {
                var handle = await run.Client.StartWorkflowAsync((Before.StepsWorkflow wf) => wf.RunAsync(), run.Options());
                await handle.GetResultAsync();
                history = await handle.FetchHistoryAsync();
            },
            Steps.Echo);
        return history!;
    }

    public static class Steps
    {
        public static ActivityOptions Options { get; } = new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) };

        [Activity]
        public static string Echo(string text) => text;
    }

    public static class Before
    {
        [Workflow]
        public class StepsWorkflow
        {
            [WorkflowRun]
            public async Task<string> RunAsync()
            {
                await Workflow.DelayAsync(1);
                return await Workflow.ExecuteActivityAsync(() => Steps.Echo("x"), Steps.Options);
            }
        }
    }

    public static class After
    {
        [Workflow]
        public class StepsWorkflow
        {
            [WorkflowRun]
            public async Task<string> RunAsync()
            {
                var result = await Workflow.ExecuteActivityAsync(() => Steps.Echo("x"), Steps.Options);
                await Workflow.DelayAsync(1);
                return result;
            }
        }
    }
}
