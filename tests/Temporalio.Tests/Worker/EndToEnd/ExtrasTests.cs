using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Tests.Converters;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

public class ExtrasTests(TestServer server)
{
    [Fact]
    public Task ExecuteUpdateWithStartAsync_NewAndRunningWorkflow_StartsOnce() => server.WithWorkerAsync<HandlersTests.CounterWorkflow>(async run =>
    {
        var options = run.Options();
        options.IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting;
        WithStartWorkflowOperation<WorkflowHandle<HandlersTests.CounterWorkflow, int>> Start() =>
            WithStartWorkflowOperation.Create((HandlersTests.CounterWorkflow wf) => wf.RunAsync(10), options);
        var first = Start();
        Assert.Equal(11, await run.Client.ExecuteUpdateWithStartWorkflowAsync((HandlersTests.CounterWorkflow wf) => wf.AddAsync(1), new(first)));
        var second = Start();
        Assert.Equal(13, await run.Client.ExecuteUpdateWithStartWorkflowAsync((HandlersTests.CounterWorkflow wf) => wf.AddAsync(2), new(second)));
        var handle = await first.GetHandleAsync();
        Assert.Equal(handle.Id, (await second.GetHandleAsync()).Id);
        await handle.SignalAsync(wf => wf.FinishAsync());
        Assert.Equal(13, await handle.GetResultAsync());
    });

    [Fact]
    public Task ExecuteAsync_DynamicWorkflow_TakesUnknownTypes() => server.WithWorkerAsync<AnyWorkflow>(async run => Assert.Equal(
        "Whatever with text", await run.Client.ExecuteWorkflowAsync<string>("Whatever", ["text"], run.Options())));

    [Fact]
    public Task QueryAsync_StackTrace_ShowsWhereTheWorkflowWaits() => server.WithWorkerAsync(
        options =>
        {
            options.AddWorkflow<HandlersTests.CounterWorkflow>();
            options.WorkflowStackTrace = WorkflowStackTrace.Normal;
        },
        async run =>
        {
            var handle = await run.Client.StartWorkflowAsync((HandlersTests.CounterWorkflow wf) => wf.RunAsync(0), run.Options());
            var trace = await handle.QueryAsync<string>("__stack_trace", []);
            Assert.Contains("CounterWorkflow.RunAsync", trace, StringComparison.Ordinal);
            await handle.SignalAsync(wf => wf.FinishAsync());
            await handle.GetResultAsync();
        });

    [Fact]
    public async Task ExecuteAsync_Codec_ReachesChildrenLocalActivitiesHeartbeatsAndFailures()
    {
        var client = await TemporalClient.ConnectAsync(new(server.Client.Connection.Options.TargetHost!)
        {
            DataConverter = DataConverter.Default with
            {
                PayloadCodec = new ReversingCodec(), FailureConverter = new DefaultFailureConverter.WithEncodedCommonAttributes(),
            },
        });
        await server.WithWorkerAsync(
            options => options.AddWorkflow<EverythingWorkflow>().AddWorkflow<EverythingChild>().AddAllActivities(typeof(EverythingActivities), null),
            async run =>
            {
                var options = run.Options();
                options.Memo = new Dictionary<string, object> { ["memo"] = "secret" };
                var handle = await client.StartWorkflowAsync((EverythingWorkflow wf) => wf.RunAsync("secret"), options);
                await handle.SignalAsync(wf => wf.GoAsync("secret"));
                Assert.Equal("secret secret secret secret secret", await handle.GetResultAsync());
                Assert.Equal("secret", await handle.QueryAsync(wf => wf.Signalled));
                var json = (await handle.FetchHistoryAsync()).ToJson();
                Assert.DoesNotContain("secret", json, StringComparison.Ordinal);
                Assert.DoesNotContain(Convert.ToBase64String("\"secret\""u8), json, StringComparison.Ordinal);
            },
            client);
    }

    [Fact]
    public Task ExecuteLocalActivityAsync_LongerThanTheTask_TaskIsKeptAlive() => server.WithWorkerAsync<SlowLocalWorkflow>(
        async run =>
        {
            var options = run.Options();
            options.TaskTimeout = TimeSpan.FromSeconds(4);
            var handle = await run.Client.StartWorkflowAsync((SlowLocalWorkflow wf) => wf.RunAsync(), options);
            Assert.Equal(1, await handle.GetResultAsync());
            Assert.DoesNotContain((await handle.FetchHistoryAsync()).Events, e => e.EventType is EventType.WorkflowTaskTimedOut);
        },
        SlowLocalWorkflow.SlowAsync);

    [Fact]
    public async Task Client_Replaced_WorkerGoesOnWithTheNewOne()
    {
        var other = await TemporalClient.ConnectAsync(new(server.Client.Connection.Options.TargetHost!) { Identity = "other" });
        await server.WithWorkerAsync(
            options => options.AddWorkflow<AnyWorkflow>(),
            async run =>
            {
                run.Worker.Client = other;
                Assert.Same(other, run.Worker.Client);
                Assert.Equal("A with b", await run.Client.ExecuteWorkflowAsync<string>("A", ["b"], run.Options()));
            });
    }

    [Fact]
    public async Task Plugins_OfClientAndWorker_ConfigureAndWrapTheWorker()
    {
        var calls = new ConcurrentQueue<string>();
        SimplePlugin Plugin(string name) => new(name, new SimplePluginOptions
        {
            RunContextBefore = () => Note($"{name} before"),
            RunContextAfter = () => Note($"{name} after"),
        }.AddWorkflow(name == "client" ? typeof(AnyWorkflow) : typeof(EverythingChild)));
        var client = await TemporalClient.ConnectAsync(new(server.Client.Connection.Options.TargetHost!) { Plugins = [Plugin("client")] });
        await server.WithWorkerAsync(
            options => options.Plugins = [Plugin("worker")],
            async run => Assert.Equal("A with b", await run.Client.ExecuteWorkflowAsync<string>("A", ["b"], run.Options())),
            client);
        Assert.Equal(["client before", "worker before", "worker after", "client after"], calls);

        Task Note(string text)
        {
            calls.Enqueue(text);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task WorkflowTaskEvents_OfOneTask_AreRaisedInOrder()
    {
        var seen = new ConcurrentQueue<string>();
        await server.WithWorkerAsync(
            options =>
            {
                options.AddWorkflow<AnyWorkflow>();
                options.WorkflowTaskStarting += (_, e) => seen.Enqueue($"starting {e.WorkflowInfo.WorkflowType}");
                options.WorkflowTaskCompleted += (_, e) => seen.Enqueue($"completed {e.WorkflowInfo.WorkflowType} {e.TaskFailureException is null}");
            },
            async run => await run.Client.ExecuteWorkflowAsync<string>("A", ["b"], run.Options()));
        Assert.Equal(["starting A", "completed A True"], seen.Take(2));
    }

    [Fact]
    public Task SignalAsync_WhileTheWorkflowCompletes_IsNotLost() => server.WithWorkerAsync(
        options =>
        {
            options.AddWorkflow<LastMomentWorkflow>();
            options.DebugMode = true;
        },
        async run =>
        {
            var id = $"last-{Guid.NewGuid()}";
            var handle = await run.Client.StartWorkflowAsync((LastMomentWorkflow wf) => wf.RunAsync(), run.Options(id));
            await LastMomentWorkflow.Completing(id).Task;
            await handle.SignalAsync(wf => wf.NoteAsync("in time"));
            LastMomentWorkflow.MayComplete(id).Set();
            Assert.Equal("in time", await handle.GetResultAsync());
        });

    [Fact]
    public async Task ExecuteAsync_ManyWorkflowsAtOnce_AllComplete() => await server.WithWorkerAsync(
        options =>
        {
            options.AddWorkflow<LifecycleTests.EchoWorkflow>().AddActivity(LifecycleTests.EchoWorkflow.Echo);
            options.MaxCachedWorkflows = 20;
            options.MaxConcurrentWorkflowTasks = 5;
        },
        async run =>
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(
                i => run.Client.ExecuteWorkflowAsync((LifecycleTests.EchoWorkflow wf) => wf.RunAsync($"{i}"), run.Options())));
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), results);
        });

    [Workflow(Dynamic = true)]
    public class AnyWorkflow
    {
        [WorkflowRun]
        public Task<string> RunAsync(IRawValue[] args) =>
            Task.FromResult($"{Workflow.Info.WorkflowType} with {Workflow.PayloadConverter.ToValue<string>(args[0])}");
    }

    public static class EverythingActivities
    {
        [Activity]
        public static async Task<string> BeatAsync(string text)
        {
            var context = ActivityExecutionContext.Current;
            if (context.Info.Attempt == 1)
            {
                context.Heartbeat(text);
                throw new ApplicationFailureException(text, details: [text]);
            }

            return await context.Info.HeartbeatDetailAtAsync<string>(0);
        }

        [Activity]
        public static string Local(string text) => text;
    }

    [Workflow]
    public class EverythingWorkflow
    {
        [WorkflowQuery]
        public string? Signalled { get; private set; }

        [WorkflowRun]
        public async Task<string> RunAsync(string text)
        {
            await Workflow.WaitConditionAsync(() => Signalled is not null);
            var memo = Workflow.PayloadConverter.ToValue<string>(Workflow.Memo["memo"]);
            var beat = await Workflow.ExecuteActivityAsync(
                () => EverythingActivities.BeatAsync(text),
                new() { StartToCloseTimeout = TimeSpan.FromSeconds(10), RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(1), MaximumAttempts = 2 } });
            var local = await Workflow.ExecuteLocalActivityAsync(
                () => EverythingActivities.Local(text), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
            try
            {
                await Workflow.ExecuteChildWorkflowAsync((EverythingChild wf) => wf.RunAsync(text));
                return "";
            }
            catch (ChildWorkflowFailureException e) when (e.InnerException is ApplicationFailureException failure)
            {
                Workflow.UpsertMemo(MemoUpdate.ValueSet("more", text));
                return $"{memo} {beat} {local} {failure.Message} {failure.Details.ElementAt<string>(0)}";
            }
        }

        [WorkflowSignal]
        public Task GoAsync(string text)
        {
            Signalled = text;
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public class EverythingChild
    {
        [WorkflowRun]
        public Task<string> RunAsync(string text) => throw new ApplicationFailureException(text, details: [text]);
    }

    [Workflow]
    public class SlowLocalWorkflow
    {
        [Activity]
        public static async Task<int> SlowAsync()
        {
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
            return ActivityExecutionContext.Current.Info.Attempt;
        }

        [WorkflowRun]
        public Task<int> RunAsync() => Workflow.ExecuteLocalActivityAsync(() => SlowAsync(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(30) });
    }

    [Workflow]
    public class LastMomentWorkflow
    {
        private static readonly ConcurrentDictionary<string, TaskCompletionSource> s_completing = new();
        private static readonly ConcurrentDictionary<string, ManualResetEventSlim> s_gates = new();
        private string _note = "none";

        public static TaskCompletionSource Completing(string id) =>
            s_completing.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

        public static ManualResetEventSlim MayComplete(string id) => s_gates.GetOrAdd(id, _ => new());

        [WorkflowRun]
        public Task<string> RunAsync()
        {
            var id = Workflow.Info.WorkflowId;
            if (_note == "none" && Workflow.Unsafe.WithTracingEventListenerDisabled(() => Completing(id).TrySetResult()))
            {
                // Holds the task open until the signal is there.
                MayComplete(id).Wait(TestServer.Patience);
            }

            return Task.FromResult(_note);
        }

        [WorkflowSignal]
        public Task NoteAsync(string note)
        {
            _note = note;
            return Task.CompletedTask;
        }
    }
}
