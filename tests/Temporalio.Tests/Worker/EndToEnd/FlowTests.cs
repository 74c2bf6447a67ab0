using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

public class FlowTests(TestServer server)
{
    [Fact]
    public Task ExecuteChildWorkflowAsync_Child_ReturnsItsResult() => WithFamilyAsync(async run =>
        Assert.Equal("child of parent: x", await run.Client.ExecuteWorkflowAsync((ParentWorkflow wf) => wf.RunAsync("call"), run.Options())));

    [Fact]
    public Task ExecuteChildWorkflowAsync_ChildFails_ParentSeesWhy() => WithFamilyAsync(async run =>
    {
        var error = await Assert.ThrowsAsync<WorkflowFailedException>(
            () => run.Client.ExecuteWorkflowAsync((ParentWorkflow wf) => wf.RunAsync("fail"), run.Options()));
        var child = Assert.IsType<ChildWorkflowFailureException>(error.InnerException);
        Assert.Equal("ChildWorkflow", child.WorkflowType);
        Assert.Equal("child failed", Assert.IsType<ApplicationFailureException>(child.InnerException).Message);
    });

    [Fact]
    public Task StartChildWorkflowAsync_SignalledByParentAndByExternalHandle_Completes() => WithFamilyAsync(async run =>
        Assert.Equal("from parent, from outside", await run.Client.ExecuteWorkflowAsync((ParentWorkflow wf) => wf.RunAsync("signal"), run.Options())));

    [Fact]
    public Task CancelAsync_OfExternalWorkflowAndOfChild_BothEndCancelled() => WithFamilyAsync(async run =>
        Assert.Equal("cancelled, cancelled", await run.Client.ExecuteWorkflowAsync((ParentWorkflow wf) => wf.RunAsync("cancel"), run.Options())));

    [Fact]
    public Task StartChildWorkflowAsync_AbandonedChild_OutlivesItsParent() => WithFamilyAsync(async run =>
    {
        var child = await run.Client.ExecuteWorkflowAsync((ParentWorkflow wf) => wf.RunAsync("abandon"), run.Options());
        var handle = run.Client.GetWorkflowHandle<ChildWorkflow, string>(child);
        await handle.SignalAsync(wf => wf.TellAsync("a"));
        await handle.SignalAsync(wf => wf.TellAsync("b"));
        Assert.Equal("a, b", await handle.GetResultAsync());
    });

    [Fact]
    public Task CreateContinueAsNewException_ThreeRuns_ClientFollows() => server.WithWorkerAsync<CountdownWorkflow>(async run =>
    {
        var options = run.Options();
        options.Memo = new Dictionary<string, object> { ["kept"] = "memo" };
        var handle = await run.Client.StartWorkflowAsync((CountdownWorkflow wf) => wf.RunAsync(3, ""), options);
        Assert.Equal("3 2 1 memo", await handle.GetResultAsync());
        await Assert.ThrowsAsync<WorkflowContinuedAsNewException>(
            () => (handle with { ResultRunId = handle.FirstExecutionRunId }).GetResultAsync(followRuns: false));
    });

    [Fact]
    public Task CancelAsync_WorkflowThatCleansUp_EndsCancelledAfterCleanup() => server.WithWorkerAsync<CleanupWorkflow>(
        async run =>
        {
            var handle = await run.Client.StartWorkflowAsync((CleanupWorkflow wf) => wf.RunAsync(), run.Options());
            Assert.Equal("waiting", await handle.ExecuteUpdateAsync(wf => wf.StateAsync()));
            await handle.CancelAsync();
            var error = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            Assert.IsType<CanceledFailureException>(error.InnerException);
            Assert.Equal("cleaned up", await handle.QueryAsync(wf => wf.State));
        },
        CleanupWorkflow.CleanUp);

    [Fact]
    public Task ExecuteLocalActivityAsync_FailsThenSucceeds_IsRetriedLocally() => server.WithWorkerAsync<LocalWorkflow>(
        async run =>
        {
            var handle = await run.Client.StartWorkflowAsync((LocalWorkflow wf) => wf.RunAsync(), run.Options());
            Assert.Equal("local True attempt 2", await handle.GetResultAsync());
            var events = (await handle.FetchHistoryAsync()).Events;
            Assert.Contains(events, e => e.MarkerRecordedEventAttributes is not null);
            Assert.DoesNotContain(events, e => e.ActivityTaskScheduledEventAttributes is not null);
        },
        LocalWorkflow.Local);

    [Fact]
    public Task UpsertMemoAndSearchAttributes_InWorkflow_ShowInDescription() => server.WithWorkerAsync<AttributesWorkflow>(async run =>
    {
        var options = run.Options();
        options.Memo = new Dictionary<string, object> { ["old"] = "memo", ["gone"] = 1 };
        options.TypedSearchAttributes = new SearchAttributeCollection.Builder()
            .Set(AttributesWorkflow.Text, "before").Set(AttributesWorkflow.Number, 1).ToSearchAttributeCollection();
        var handle = await run.Client.StartWorkflowAsync((AttributesWorkflow wf) => wf.RunAsync(), options);
        Assert.Equal("memo before 1", await handle.GetResultAsync());
        var description = await handle.DescribeAsync();
        Assert.Equal(["new", "old"], description.Memo.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("value", await description.Memo["new"].ToValueAsync<string>());
        Assert.Equal("after", description.TypedSearchAttributes.Get(AttributesWorkflow.Text));
        Assert.False(description.TypedSearchAttributes.ContainsKey(AttributesWorkflow.Number));
    });

    [Fact]
    public Task Patched_NewWorkflow_RecordsTheMarkerOnce() => server.WithWorkerAsync<PatchedWorkflow>(async run =>
    {
        var handle = await run.Client.StartWorkflowAsync((PatchedWorkflow wf) => wf.RunAsync(), run.Options());
        Assert.Equal("new new", await handle.GetResultAsync());
        Assert.Single((await handle.FetchHistoryAsync()).Events, e => e.MarkerRecordedEventAttributes is not null);
    });

    private Task WithFamilyAsync(Func<TestRun, Task> body) =>
        server.WithWorkerAsync(options => options.AddWorkflow<ParentWorkflow>().AddWorkflow<ChildWorkflow>(), body);

    [Workflow]
    public class ParentWorkflow
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string what)
        {
            switch (what)
            {
                case "call":
                    return await Workflow.ExecuteChildWorkflowAsync((ChildWorkflow wf) => wf.RunAsync("x"));
                case "fail":
                    return await Workflow.ExecuteChildWorkflowAsync((ChildWorkflow wf) => wf.RunAsync("fail"));
                case "signal":
                    var child = await Workflow.StartChildWorkflowAsync((ChildWorkflow wf) => wf.RunAsync("wait"));
                    await child.SignalAsync(wf => wf.TellAsync("from parent"));
                    await Workflow.GetExternalWorkflowHandle<ChildWorkflow>(child.Id).SignalAsync(wf => wf.TellAsync("from outside"));
                    return await child.GetResultAsync();
                case "cancel":
                    return $"{await CancelledAsync(byHandle: true)}, {await CancelledAsync(byHandle: false)}";
                default:
                    var abandoned = await Workflow.StartChildWorkflowAsync(
                        (ChildWorkflow wf) => wf.RunAsync("wait"), new() { ParentClosePolicy = ParentClosePolicy.Abandon });
                    return abandoned.Id;
            }
        }

        private static async Task<string> CancelledAsync(bool byHandle)
        {
            using var source = new CancellationTokenSource();
            var child = await Workflow.StartChildWorkflowAsync((ChildWorkflow wf) => wf.RunAsync("wait"), new() { CancellationToken = source.Token });
            if (byHandle)
            {
                await Workflow.GetExternalWorkflowHandle(child.Id).CancelAsync();
            }
            else
            {
                Cancel();
            }

            // CancelAsync would leave the workflow's scheduler.
            void Cancel() => source.Cancel();

            try
            {
                return await child.GetResultAsync();
            }
            catch (ChildWorkflowFailureException e) when (e.InnerException is CanceledFailureException)
            {
                return "cancelled";
            }
        }
    }

    [Workflow]
    public class ChildWorkflow
    {
        private readonly List<string> _told = [];

        [WorkflowRun]
        public async Task<string> RunAsync(string what)
        {
            if (what == "fail")
            {
                throw new ApplicationFailureException("child failed");
            }

            if (what != "wait")
            {
                return $"child of {(Workflow.Info.Parent is null ? "nobody" : "parent")}: {what}";
            }

            await Workflow.WaitConditionAsync(() => _told.Count == 2);
            return string.Join(", ", _told);
        }

        [WorkflowSignal]
        public Task TellAsync(string text)
        {
            _told.Add(text);
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public class CountdownWorkflow
    {
        [WorkflowRun]
        public Task<string> RunAsync(int count, string before)
        {
            before += $"{count} ";
            return count == 1
                ? Task.FromResult(before + Workflow.PayloadConverter.ToValue<string>(Workflow.Memo["kept"]))
                : throw Workflow.CreateContinueAsNewException((CountdownWorkflow wf) => wf.RunAsync(count - 1, before));
        }
    }

    [Workflow]
    public class CleanupWorkflow
    {
        [WorkflowQuery]
        public string State { get; private set; } = "new";

        [Activity]
        public static string CleanUp() => "cleaned up";

        [WorkflowRun]
        public async Task RunAsync()
        {
            State = "waiting";
            try
            {
                await Workflow.DelayAsync(TimeSpan.FromHours(1));
            }
            catch (OperationCanceledException)
            {
                using var detached = new CancellationTokenSource();
                State = await Workflow.ExecuteActivityAsync(
                    () => CleanUp(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10), CancellationToken = detached.Token });
                throw;
            }
        }

        [WorkflowUpdate]
        public Task<string> StateAsync() => Task.FromResult(State);
    }

    [Workflow]
    public class LocalWorkflow
    {
        [Activity]
        public static string Local() => ActivityExecutionContext.Current.Info is { Attempt: 2 } info
            ? $"local {info.IsLocal} attempt {info.Attempt}"
            : throw new InvalidOperationException("again");

        [WorkflowRun]
        public Task<string> RunAsync() => Workflow.ExecuteLocalActivityAsync(
            () => Local(),
            new() { StartToCloseTimeout = TimeSpan.FromSeconds(10), RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(1) } });
    }

    [Workflow]
    public class AttributesWorkflow
    {
        public static SearchAttributeKey<string> Text { get; } = SearchAttributeKey.CreateKeyword("CustomKeywordField");

        public static SearchAttributeKey<long> Number { get; } = SearchAttributeKey.CreateLong("CustomIntField");

        [WorkflowRun]
        public Task<string> RunAsync()
        {
            var result = $"{Workflow.PayloadConverter.ToValue<string>(Workflow.Memo["old"])} "
                + $"{Workflow.TypedSearchAttributes.Get(Text)} {Workflow.TypedSearchAttributes.Get(Number)}";
            Workflow.UpsertMemo(MemoUpdate.ValueSet("new", "value"), MemoUpdate.ValueUnset("gone"));
            Workflow.UpsertTypedSearchAttributes(Text.ValueSet("after"), Number.ValueUnset());
            return Task.FromResult(result);
        }
    }

    [Workflow]
    public class PatchedWorkflow
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var first = Workflow.Patched("my-patch") ? "new" : "old";
            await Workflow.DelayAsync(1);
            return $"{first} {(Workflow.Patched("my-patch") ? "new" : "old")}";
        }
    }
}
