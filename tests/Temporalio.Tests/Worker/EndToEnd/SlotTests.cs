using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

/// <summary>What a worker has little of comes back whatever happens to the work: slots, polls, places in its cache.</summary>
public class SlotTests(TestServer server)
{
    [Fact]
    public async Task QueryAsync_ReplayFailsAgainAndAgain_OtherWorkGoesOn()
    {
        var queue = $"tq-{Guid.NewGuid()}";
        WorkflowHandle<BeforeWorkflow> handle = null!;
        using (var before = new TemporalWorker(server.Client, new TemporalWorkerOptions(queue).AddWorkflow<BeforeWorkflow>()))
        {
            await before.ExecuteAsync(async () =>
            {
                handle = await server.Client.StartWorkflowAsync((BeforeWorkflow wf) => wf.RunAsync(), new($"wf-{Guid.NewGuid()}", queue));
                await handle.GetResultAsync().WaitAsync(TestServer.Patience);
            });
        }

        await server.WithWorkerAsync(
            options =>
            {
                options.TaskQueue = queue;
                options.MaxConcurrentWorkflowTasks = 2;
                options.AddWorkflow<AfterWorkflow>().AddWorkflow<QuickWorkflow>();
            },
            async run =>
            {
                for (var i = 0; i < 4; i++)
                {
                    await Assert.ThrowsAnyAsync<TemporalException>(() => handle.QueryAsync(wf => wf.Version()));
                }

                Assert.Equal("quick", await run.Client.ExecuteWorkflowAsync((QuickWorkflow wf) => wf.RunAsync(), run.Options()));
            });
    }

    [Fact]
    public Task ExecuteLocalActivityAsync_OthersNeedRoomMeanwhile_RunsOnce() => server.WithWorkerAsync(
        options =>
        {
            options.MaxCachedWorkflows = 8;
            options.AddWorkflow<LocalWorkflow>().AddWorkflow<WaitingWorkflow>().AddActivity(Acts.GatedAsync);
        },
        async run =>
        {
            var id = $"local-{Guid.NewGuid()}";
            try
            {
                var handle = await run.Client.StartWorkflowAsync((LocalWorkflow wf) => wf.RunAsync(), run.Options(id));
                await Acts.Started(id);
                for (var i = 0; i < 12; i++)
                {
                    // The answer shows that it is in the cache.
                    var waiting = await run.Client.StartWorkflowAsync((WaitingWorkflow wf) => wf.RunAsync(), run.Options());
                    await waiting.ExecuteUpdateAsync(wf => wf.AnswerAsync());
                }

                Acts.Release(id);
                await handle.GetResultAsync();
                Assert.Equal(1, Acts.Runs[id]);
            }
            finally
            {
                Acts.Release(id);
            }
        });

    [Fact]
    public Task ExecuteLocalActivityAsync_CancelledButStubborn_IsNotTriedAgain() => server.WithWorkerAsync(
        options => options.AddWorkflow<CancellingWorkflow>().AddActivity(Acts.GatedAsync).AddActivity(Acts.Quick),
        async run =>
        {
            var id = $"stubborn-{Guid.NewGuid()}";
            try
            {
                await Assert.ThrowsAsync<WorkflowFailedException>(() => run.Client.ExecuteWorkflowAsync((CancellingWorkflow wf) => wf.RunAsync(), run.Options(id)));
                Assert.Equal(1, Acts.Runs[id]);
            }
            finally
            {
                Acts.Release(id);
            }
        });

    [Fact]
    public Task ExecuteActivityAsync_TimeoutOfMonths_IsTaken() => server.WithWorkerAsync(
        options =>
        {
            options.DisableEagerActivityExecution = true;
            options.AddWorkflow<PatientWorkflow>().AddActivity(Acts.Quick);
        },
        async run => await run.Client.ExecuteWorkflowAsync((PatientWorkflow wf) => wf.RunAsync(), run.Options()));

    [Fact]
    public Task ExecuteAsync_GraceOfMonths_StopsAtOnceWithNothingInHand() => server.WithWorkerAsync(
        options =>
        {
            options.GracefulShutdownTimeout = TimeSpan.FromDays(60);
            options.AddActivity(Acts.Quick);
        },
        _ => Task.CompletedTask);

    public static class Acts
    {
        private static readonly ConcurrentDictionary<string, (TaskCompletionSource Started, TaskCompletionSource Gate)> s_gates = new();

        public static ConcurrentDictionary<string, int> Runs { get; } = new();

        public static Task Started(string id) => Of(id).Started.Task;

        public static void Release(string id) => Of(id).Gate.TrySetResult();

        [Activity]
        public static async Task GatedAsync()
        {
            var id = ActivityExecutionContext.Current.Info.WorkflowId!;
            Runs.AddOrUpdate(id, 1, (_, n) => n + 1);
            Of(id).Started.TrySetResult();
            await Of(id).Gate.Task;
        }

        [Activity]
        public static void Quick()
        {
        }

        private static (TaskCompletionSource Started, TaskCompletionSource Gate) Of(string id) => s_gates.GetOrAdd(
            id, _ => (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously)));
    }

    [Workflow("Versioned")]
    public class BeforeWorkflow
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.DelayAsync(1);

        [WorkflowQuery]
        public string Version() => "before";
    }

    [Workflow("Versioned")]
    public class AfterWorkflow
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteActivityAsync(() => Acts.Quick(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(5) });

        [WorkflowQuery]
        public string Version() => "after";
    }

    [Workflow]
    public class QuickWorkflow
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Task.FromResult("quick");
    }

    [Workflow]
    public class WaitingWorkflow
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => false);

        [WorkflowUpdate]
        public Task AnswerAsync() => Task.CompletedTask;
    }

    [Workflow]
    public class LocalWorkflow
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteLocalActivityAsync(() => Acts.GatedAsync(), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
    }

    [Workflow]
    public class CancellingWorkflow
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            using var cancel = new CancellationTokenSource();
            var activity = Workflow.ExecuteLocalActivityAsync(() => Acts.GatedAsync(), new()
            {
                StartToCloseTimeout = TimeSpan.FromMilliseconds(500),
                RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(1) },
                CancellationType = ActivityCancellationType.WaitCancellationCompleted,
                CancellationToken = cancel.Token,
            });

            // The task stays open for the first: only the end of another one brings the code on meanwhile.
            await Workflow.ExecuteLocalActivityAsync(() => Acts.Quick(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
#pragma warning disable CA1849 // The other one goes to the thread pool.
            cancel.Cancel();
#pragma warning restore CA1849
            await activity;
        }
    }

    [Workflow]
    public class PatientWorkflow
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteActivityAsync(() => Acts.Quick(), new() { StartToCloseTimeout = TimeSpan.FromDays(60) });
    }
}
