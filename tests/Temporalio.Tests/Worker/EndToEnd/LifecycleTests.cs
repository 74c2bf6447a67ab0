using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Tests.Converters;
using Temporalio.Worker;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

public class LifecycleTests(TestServer server)
{
    [Fact]
    public async Task ExecuteAsync_TokenCancelled_EndsCancelledAndCannotRunAgain()
    {
        using var worker = new TemporalWorker(server.Client, new TemporalWorkerOptions($"tq-{Guid.NewGuid()}").AddWorkflow<EchoWorkflow>());
        using var stop = new CancellationTokenSource();
        var running = worker.ExecuteAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TestServer.Patience));
        await Assert.ThrowsAsync<InvalidOperationException>(() => worker.ExecuteAsync(CancellationToken.None));
    }

    [Fact]
    public async Task ExecuteAsync_ShutdownWhileActivityRuns_ActivityIsToldAndRetriedByTheNextWorker()
    {
        var id = $"shutdown-{Guid.NewGuid()}";
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}").AddWorkflow<StubbornWorkflow>().AddActivity(StubbornWorkflow.UntilShutdownAsync);
        WorkflowHandle<StubbornWorkflow, string> handle;
        using (var first = new TemporalWorker(server.Client, options))
        {
            handle = await first.ExecuteAsync(async () =>
            {
                var started = await server.Client.StartWorkflowAsync((StubbornWorkflow wf) => wf.RunAsync(), new(id, options.TaskQueue!));
                await StubbornWorkflow.Started(id).WaitAsync(TestServer.Patience);
                return started;
            }).WaitAsync(TestServer.Patience);
        }

        using var second = new TemporalWorker(server.Client, options);
        Assert.Equal("attempt 2 after WorkerShutdown", await second.ExecuteAsync(() => handle.GetResultAsync().WaitAsync(TestServer.Patience)));
    }

    [Fact]
    public async Task ExecuteAsync_NamespaceDoesNotExist_Fails()
    {
        var client = await TemporalClient.ConnectAsync(new(server.Client.Connection.Options.TargetHost!) { Namespace = "unknown" });
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("tq").AddWorkflow<EchoWorkflow>());
        await Assert.ThrowsAsync<InvalidOperationException>(() => worker.ExecuteAsync(CancellationToken.None).WaitAsync(TestServer.Patience));
    }

    [Fact]
    public void Constructor_BadOptions_Throws()
    {
        Assert.Throws<ArgumentException>(() => new TemporalWorker(server.Client, new TemporalWorkerOptions("tq")));
        Assert.Throws<ArgumentException>(() => new TemporalWorker(server.Client, new TemporalWorkerOptions().AddWorkflow<EchoWorkflow>()));
        Assert.Throws<ArgumentException>(() => new TemporalWorker(
            server.Client, new TemporalWorkerOptions("tq").AddWorkflow<EchoWorkflow>().AddWorkflow<EchoWorkflow>()));
        var lazy = TemporalClient.CreateLazy(new("127.0.0.1:1"));
        Assert.Throws<InvalidOperationException>(() => new TemporalWorker(lazy, new TemporalWorkerOptions("tq").AddWorkflow<EchoWorkflow>()));
    }

    [Fact]
    public Task ExecuteAsync_NoCache_ReplaysEveryTask() => server.WithWorkerAsync(
        options =>
        {
            options.AddWorkflow<EchoWorkflow>().AddActivity(EchoWorkflow.Echo);
            options.MaxCachedWorkflows = 0;
        },
        async run => Assert.Equal("abc", await run.Client.ExecuteWorkflowAsync((EchoWorkflow wf) => wf.RunAsync("abc"), run.Options())));

    [Fact]
    public async Task ExecuteAsync_ClientWithCodec_EncodesEverything()
    {
        var options = (TemporalClientConnectOptions)new TemporalClientConnectOptions(server.Client.Connection.Options.TargetHost!)
        {
            DataConverter = DataConverter.Default with { PayloadCodec = new ReversingCodec() },
        };
        var client = await TemporalClient.ConnectAsync(options);
        await server.WithWorkerAsync(
            worker => worker.AddWorkflow<EchoWorkflow>().AddActivity(EchoWorkflow.Echo),
            async run =>
            {
                var handle = await client.StartWorkflowAsync((EchoWorkflow wf) => wf.RunAsync("secret"), run.Options());
                Assert.Equal("secret", await handle.GetResultAsync());
                var text = (await handle.FetchHistoryAsync()).ToJson();
                var plain = Convert.ToBase64String("\"secret\""u8);
                Assert.DoesNotContain(plain, text, StringComparison.Ordinal);
                Assert.Contains(Convert.ToBase64String("binary/reversed"u8), text, StringComparison.Ordinal);
            },
            client);
    }

    [Fact]
    public async Task ExecuteAsync_Interceptors_SeeCallsInOrder()
    {
        var trace = new Tracing();
        await server.WithWorkerAsync(
            options =>
            {
                options.AddWorkflow<EchoWorkflow>().AddActivity(EchoWorkflow.Echo);
                options.Interceptors = [trace];
            },
            async run => Assert.Equal("x", await run.Client.ExecuteWorkflowAsync((EchoWorkflow wf) => wf.RunAsync("x"), run.Options())));
        Assert.Equal(
            ["workflow EchoWorkflow", "timer", "schedule Echo", "activity Echo header value", "heartbeat beat"], trace.Calls);
    }

    [Workflow]
    public class EchoWorkflow
    {
        [Activity]
        public static string Echo(string text)
        {
            ActivityExecutionContext.Current.Heartbeat("beat");
            return text;
        }

        [WorkflowRun]
        public async Task<string> RunAsync(string text)
        {
            await Workflow.DelayAsync(1);
            return await Workflow.ExecuteActivityAsync(
                () => Echo(text), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10), RetryPolicy = new() { MaximumAttempts = 1 } });
        }
    }

    [Workflow]
    public class StubbornWorkflow
    {
        private static readonly ConcurrentDictionary<string, TaskCompletionSource> s_started = new();
        private static readonly ConcurrentDictionary<string, ActivityCancelReason> s_reasons = new();

        public static Task Started(string id) => s_started.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        [Activity]
        public static async Task<string> UntilShutdownAsync()
        {
            var context = ActivityExecutionContext.Current;
            var id = context.Info.WorkflowId!;
            if (context.Info.Attempt > 1)
            {
                return $"attempt {context.Info.Attempt} after {s_reasons[id]}";
            }

            s_started.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
                return "";
            }
            catch (OperationCanceledException)
            {
                Assert.True(context.WorkerShutdownToken.IsCancellationRequested);
                s_reasons[id] = context.CancelReason;
                throw;
            }
        }

        [WorkflowRun]
        public Task<string> RunAsync() => Workflow.ExecuteActivityAsync(
            () => UntilShutdownAsync(),
            new() { StartToCloseTimeout = TimeSpan.FromSeconds(30), RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(1) } });
    }

    private sealed class Tracing : IWorkerInterceptor
    {
        public ConcurrentQueue<string> Calls { get; } = new();

        public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) => new Inbound(this, nextInterceptor);

        public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) => new Activity(this, nextInterceptor);

        private sealed class Inbound(Tracing trace, WorkflowInboundInterceptor next) : WorkflowInboundInterceptor(next)
        {
            public override void Init(WorkflowOutboundInterceptor outbound) => base.Init(new Outbound(trace, outbound));

            public override Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input)
            {
                trace.Calls.Enqueue($"workflow {input.Instance.GetType().Name}");
                return base.ExecuteWorkflowAsync(input);
            }
        }

        private sealed class Outbound(Tracing trace, WorkflowOutboundInterceptor next) : WorkflowOutboundInterceptor(next)
        {
            public override Task DelayAsync(DelayAsyncInput input)
            {
                trace.Calls.Enqueue("timer");
                return base.DelayAsync(input);
            }

            public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input)
            {
                trace.Calls.Enqueue($"schedule {input.Activity}");
                var headers = new Dictionary<string, Api.Common.V1.Payload>(input.Headers ?? new Dictionary<string, Api.Common.V1.Payload>())
                {
                    ["key"] = Workflow.PayloadConverter.ToPayload("header value"),
                };
                return base.ScheduleActivityAsync<TResult>(input with { Headers = headers });
            }
        }

        private sealed class Activity(Tracing trace, ActivityInboundInterceptor next) : ActivityInboundInterceptor(next)
        {
            public override void Init(ActivityOutboundInterceptor outbound) => base.Init(new ActivityOutbound(trace, outbound));

            public override Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
            {
                var header = ActivityExecutionContext.Current.PayloadConverter.ToValue<string>(input.Headers!["key"]);
                trace.Calls.Enqueue($"activity {input.Activity.Name} {header}");
                return base.ExecuteActivityAsync(input);
            }
        }

        private sealed class ActivityOutbound(Tracing trace, ActivityOutboundInterceptor next) : ActivityOutboundInterceptor(next)
        {
            public override void Heartbeat(HeartbeatInput input)
            {
                trace.Calls.Enqueue($"heartbeat {input.Details[0]}");
                base.Heartbeat(input);
            }
        }
    }
}
