using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Common;
using Temporalio.Converters;
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

    [Fact]
    public async Task ReplayWorkflowAsync_ConverterThrows_TellsSo()
    {
        var good = await HistoryAsync();
        var history = new WorkflowHistory(FaultyUserCodeTests.FaultyConverter.Prefix, good.Events);
        var options = new WorkflowReplayerOptions { DataConverter = new(new FaultyUserCodeTests.FaultyConverter(), DataConverter.Default.FailureConverter) };
        var result = await new WorkflowReplayer(options.AddWorkflow<Before.StepsWorkflow>()).ReplayWorkflowAsync(
            history, throwOnReplayFailure: false, TestContext.Current.CancellationToken).WaitAsync(TestServer.Patience);
        Assert.Contains("no converter", result.ReplayFailure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReplayWorkflowsAsync_CodeIsStuck_TellsSoAndReplaysTheNext()
    {
        var good = await HistoryAsync();
        using var gate = new ManualResetEventSlim();
        var stuck = new WorkflowHistory(Stuck.Add(gate), [.. good.Events.Select(e => e.Clone())]);
        stuck.Events.First().WorkflowExecutionStartedEventAttributes.WorkflowType.Name = nameof(Stuck);
        var replayer = new WorkflowReplayer(new WorkflowReplayerOptions { DebugMode = false }.AddWorkflow<Before.StepsWorkflow>().AddWorkflow<Stuck>());
        try
        {
            var results = (await replayer.ReplayWorkflowsAsync(
                [stuck, good], cancellationToken: TestContext.Current.CancellationToken).WaitAsync(TestServer.Patience)).ToList();
            Assert.Contains("[TMPRL1101]", results[0].ReplayFailure!.Message, StringComparison.Ordinal);
            Assert.Null(results[1].ReplayFailure);
        }
        finally
        {
            gate.Set();
        }
    }

    [Fact]
    public async Task ReplayWorkflowAsync_CancelledWhileCodeIsStuck_Ends()
    {
        var good = await HistoryAsync();
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var stuck = new WorkflowHistory(Stuck.Add(gate, cancel.Cancel), [.. good.Events.Select(e => e.Clone())]);
        stuck.Events.First().WorkflowExecutionStartedEventAttributes.WorkflowType.Name = nameof(Stuck);
        var replayer = new WorkflowReplayer(new WorkflowReplayerOptions { DebugMode = true }.AddWorkflow<Stuck>());
        try
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => replayer.ReplayWorkflowAsync(stuck, false, cancel.Token).WaitAsync(TestServer.Patience));
        }
        finally
        {
            gate.Set();
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

    [Workflow]
    public class Stuck
    {
        private static readonly ConcurrentDictionary<string, (ManualResetEventSlim Gate, Action? Entered)> s_gates = new();

        public static string Add(ManualResetEventSlim gate, Action? entered = null)
        {
            var id = Guid.NewGuid().ToString();
            s_gates[id] = (gate, entered);
            return id;
        }

        [WorkflowRun]
        public Task RunAsync()
        {
            var (gate, entered) = s_gates[Workflow.Info.WorkflowId];
            entered?.Invoke();
            gate.Wait();
            return Task.CompletedTask;
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
