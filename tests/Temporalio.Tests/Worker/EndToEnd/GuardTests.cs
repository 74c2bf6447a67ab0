using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

public class GuardTests(TestServer server)
{
    [Theory]
    [InlineData("Task.Run")]
    [InlineData("Task.Delay")]
    [InlineData("ConfigureAwait")]
    public Task ExecuteAsync_WorkflowLeavesItsScheduler_TaskFails(string how) => server.WithWorkerAsync<EscapingWorkflow>(async run =>
    {
        var handle = await run.Client.StartWorkflowAsync((EscapingWorkflow wf) => wf.RunAsync(how), run.Options());
        var failed = await TaskFailureAsync(handle);

        // Who continues elsewhere is not in the workflow any more when it goes on there.
        Assert.Contains(how == "ConfigureAwait" ? "Invalid" : "InvalidWorkflow", failed.Failure.ApplicationFailureInfo.Type, StringComparison.Ordinal);
        await handle.TerminateAsync();
    });

    [Fact]
    public Task ExecuteAsync_UnexpectedException_FailsTheTaskNotTheWorkflow() => server.WithWorkerAsync<BuggyWorkflow>(async run =>
    {
        var id = $"buggy-{Guid.NewGuid()}";
        var handle = await run.Client.StartWorkflowAsync((BuggyWorkflow wf) => wf.RunAsync(), run.Options(id));
        Assert.Equal("a bug", (await TaskFailureAsync(handle)).Failure.Message);
        BuggyWorkflow.Fixed[id] = true;
        Assert.Equal("fixed", await handle.GetResultAsync());
    });

    [Fact]
    public Task ExecuteAsync_ExceptionTypeThatFailsWorkflows_FailsTheWorkflow() => server.WithWorkerAsync(
        options =>
        {
            options.AddWorkflow<BuggyWorkflow>();
            options.WorkflowFailureExceptionTypes = [typeof(InvalidOperationException)];
        },
        async run =>
        {
            var error = await Assert.ThrowsAsync<WorkflowFailedException>(
                () => run.Client.ExecuteWorkflowAsync((BuggyWorkflow wf) => wf.RunAsync(), run.Options()));
            Assert.Equal("InvalidOperationException", Assert.IsType<ApplicationFailureException>(error.InnerException).ErrorType);
        });

    [Fact]
    public Task ExecuteAsync_WorkflowBlocksItsThread_TaskFailsAsDeadlocked() => server.WithWorkerAsync<BlockingWorkflow>(async run =>
    {
        var id = $"blocking-{Guid.NewGuid()}";
        using var gate = BlockingWorkflow.Gates[id] = new ManualResetEventSlim();
        var handle = await run.Client.StartWorkflowAsync((BlockingWorkflow wf) => wf.RunAsync(), run.Options(id));
        try
        {
            Assert.Contains("[TMPRL1101]", (await TaskFailureAsync(handle)).Failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            // A worker waits for code that is stuck when it stops.
            gate.Set();
        }

        await handle.GetResultAsync();
    });

    [Fact]
    public async Task ExecuteAsync_UnfinishedHandlers_Warns()
    {
        using var logs = new LogList();
        await server.WithWorkerAsync(
            options =>
            {
                options.AddWorkflow<UnfinishedWorkflow>();
                options.LoggerFactory = logs;
            },
            async run =>
            {
                var handle = await run.Client.StartWorkflowAsync((UnfinishedWorkflow wf) => wf.RunAsync(), run.Options());
                var update = await handle.StartUpdateAsync(wf => wf.NeverAsync(), new(WorkflowUpdateStage.Accepted));
                await handle.SignalAsync(wf => wf.AlsoNeverAsync());
                await handle.SignalAsync(wf => wf.FinishAsync());
                await handle.GetResultAsync();
                await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => update.GetResultAsync());
            });
        Assert.Contains(logs.Entries, e => e.Contains("update handlers", StringComparison.Ordinal) && e.Contains("Never", StringComparison.Ordinal));
        Assert.Contains(logs.Entries, e => e.Contains("signal handlers", StringComparison.Ordinal) && e.Contains("AlsoNever", StringComparison.Ordinal));
    }

    [Fact]
    public Task ExecuteAsync_UnknownWorkflowType_TaskFailsWithTheNames() => server.WithWorkerAsync<BuggyWorkflow>(async run =>
    {
        var handle = await run.Client.StartWorkflowAsync("Unknown", [], run.Options());
        Assert.Contains("available workflows: BuggyWorkflow", (await TaskFailureAsync(handle)).Failure.Message, StringComparison.Ordinal);
        await handle.TerminateAsync();
    });

    internal static async Task<string> TaskFailureMessageAsync(WorkflowHandle handle) => (await TaskFailureAsync(handle)).Failure.Message;

    /// <summary>Waits until a task of the workflow has failed.</summary>
    private static async Task<WorkflowTaskFailedEventAttributes> TaskFailureAsync(WorkflowHandle handle)
    {
        await foreach (var e in handle.FetchHistoryEventsAsync(new() { WaitNewEvent = true }))
        {
            if (e.EventType == EventType.WorkflowTaskFailed)
            {
                return e.WorkflowTaskFailedEventAttributes;
            }
        }

        throw new Xunit.Sdk.XunitException("No workflow task failed");
    }

    [Workflow]
    public class EscapingWorkflow
    {
        [WorkflowRun]
        public async Task RunAsync(string how)
        {
            switch (how)
            {
                case "Task.Run":
                    await Task.Run(() => { });
                    break;
                case "Task.Delay":
                    await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
                    break;
                default:
                    await Workflow.DelayAsync(1).ConfigureAwait(false);
                    await Workflow.DelayAsync(1);
                    break;
            }
        }
    }

    [Workflow]
    public class BuggyWorkflow
    {
        public static ConcurrentDictionary<string, bool> Fixed { get; } = new();

        [WorkflowRun]
        public Task<string> RunAsync() => Fixed.ContainsKey(Workflow.Info.WorkflowId)
            ? Task.FromResult("fixed")
            : throw new InvalidOperationException("a bug");
    }

    [Workflow]
    public class BlockingWorkflow
    {
        public static ConcurrentDictionary<string, ManualResetEventSlim> Gates { get; } = new();

        [WorkflowRun]
        public Task RunAsync()
        {
            Gates[Workflow.Info.WorkflowId].Wait();
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public class UnfinishedWorkflow
    {
        private bool _finished;

        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => _finished);

        [WorkflowUpdate]
        public Task NeverAsync() => Workflow.WaitConditionAsync(() => false);

        [WorkflowSignal]
        public Task AlsoNeverAsync() => Workflow.WaitConditionAsync(() => false);

        [WorkflowSignal]
        public Task FinishAsync()
        {
            _finished = true;
            return Task.CompletedTask;
        }
    }

    private sealed class LogList : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Entries { get; } = new();

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Enqueue(formatter(state, exception));
    }
}
