using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

/// <summary>What users plug into a worker may fail; the worker goes on, and whoever waits is told.</summary>
public class FaultyUserCodeTests(TestServer server)
{
    [Fact]
    public async Task ExecuteAsync_ConverterThrowsForOneRun_OthersGoOnAndItsTaskFails()
    {
        var faulty = new TemporalClient(server.Client.Connection, new() { DataConverter = new(new FaultyConverter(), DataConverter.Default.FailureConverter) });
        await server.WithWorkerAsync(
            options => options.AddWorkflow<Simple>(),
            async run =>
            {
                var handle = await server.Client.StartWorkflowAsync((Simple wf) => wf.RunAsync(), run.Options($"{FaultyConverter.Prefix}{Guid.NewGuid()}"));
                Assert.Equal("no converter", await GuardTests.TaskFailureMessageAsync(handle));
                Assert.Equal("ok", await server.Client.ExecuteWorkflowAsync((Simple wf) => wf.RunAsync(), run.Options()));
                await handle.TerminateAsync();
            },
            faulty);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task ExecuteAsync_ActivityTaskFactory_StartsOrFailsTheActivity(bool starts) => server.WithWorkerAsync(
        options =>
        {
            options.ActivityTaskFactory = starts ? new TaskFactory(new CancellationToken(true)) : new TaskFactory(new BrokenScheduler());
            options.AddWorkflow<OneActivity>().AddActivity(Acts.Echo);
        },
        async run =>
        {
            var result = run.Client.ExecuteWorkflowAsync((OneActivity wf) => wf.RunAsync("Echo"), run.Options());
            if (starts)
            {
                Assert.Equal("echo", await result);
                return;
            }

            var failure = (await Assert.ThrowsAsync<WorkflowFailedException>(() => result)).InnerException!.InnerException;
            Assert.Equal(nameof(TaskSchedulerException), Assert.IsType<ApplicationFailureException>(failure).ErrorType);
        });

    [Fact]
    public Task ExecuteAsync_ActivityFailureCannotBeConverted_FailsTheActivityWithTheReason() => server.WithWorkerAsync<OneActivity>(
        async run =>
        {
            var error = await Assert.ThrowsAsync<WorkflowFailedException>(
                () => run.Client.ExecuteWorkflowAsync((OneActivity wf) => wf.RunAsync("Unwritable"), run.Options()));
            Assert.Equal("cannot be read", error.InnerException!.InnerException!.Message);
        },
        Acts.Unwritable);

    [Fact]
    public Task ExecuteAsync_LoggerThrows_ActivityFailsAllTheSame() => server.WithWorkerAsync(
        options =>
        {
            options.LoggerFactory = new FaultyLoggers();
            options.AddWorkflow<OneActivity>().AddActivity(Acts.Fail);
        },
        async run =>
        {
            var error = await Assert.ThrowsAsync<WorkflowFailedException>(
                () => run.Client.ExecuteWorkflowAsync((OneActivity wf) => wf.RunAsync("Fail"), run.Options()));
            Assert.Equal("failed", error.InnerException!.InnerException!.Message);
        });

    [Fact]
    public Task ExecuteAsync_LoggerThrowsForCodeThatIsStuck_TaskFailsAsDeadlocked() => server.WithWorkerAsync(
        options =>
        {
            options.LoggerFactory = new FaultyLoggers();
            options.AddWorkflow<GuardTests.BlockingWorkflow>();
        },
        async run =>
        {
            var id = $"blocking-{Guid.NewGuid()}";
            using var gate = GuardTests.BlockingWorkflow.Gates[id] = new ManualResetEventSlim();
            var handle = await run.Client.StartWorkflowAsync((GuardTests.BlockingWorkflow wf) => wf.RunAsync(), run.Options(id));
            try
            {
                Assert.Contains("[TMPRL1101]", await GuardTests.TaskFailureMessageAsync(handle), StringComparison.Ordinal);
            }
            finally
            {
                gate.Set();
            }

            await handle.GetResultAsync();
        });

    public static class Acts
    {
        [Activity]
        public static string Echo() => "echo";

        [Activity]
        public static string Fail() => throw new ApplicationFailureException("failed");

        [Activity]
        public static string Unwritable() => throw new ApplicationFailureException("x", details: [new Unreadable()]);
    }

    [Workflow]
    public class Simple
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Task.FromResult("ok");
    }

    [Workflow]
    public class OneActivity
    {
        [WorkflowRun]
        public Task<string> RunAsync(string activity) => Workflow.ExecuteActivityAsync<string>(
            activity, [], new() { StartToCloseTimeout = TimeSpan.FromMinutes(5), RetryPolicy = new() { MaximumAttempts = 1 } });
    }

    public class Unreadable
    {
        public object Value => throw new InvalidOperationException("cannot be read");
    }

    internal sealed class FaultyConverter : DefaultPayloadConverter
    {
        public const string Prefix = "no-converter-";

        public override IPayloadConverter WithSerializationContext(ISerializationContext context) =>
            context is ISerializationContext.Workflow workflow && workflow.WorkflowId.StartsWith(Prefix, StringComparison.Ordinal)
                ? throw new InvalidOperationException("no converter")
                : this;
    }

    private sealed class BrokenScheduler : TaskScheduler
    {
        protected override IEnumerable<Task> GetScheduledTasks() => [];

        protected override void QueueTask(Task task) => throw new InvalidOperationException("no room");

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    }

    private sealed class FaultyLoggers : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("the log is full");
    }
}
