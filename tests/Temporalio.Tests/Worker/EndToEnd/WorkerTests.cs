using Temporalio.Activities;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

public class WorkerTests(TestServer server)
{
    [Fact]
    public Task ExecuteAsync_WorkflowWithSignalTimerActivityAndQuery_Completes() => server.WithWorkerAsync<GreetingWorkflow>(
        async run =>
        {
            var handle = await run.Client.StartWorkflowAsync((GreetingWorkflow wf) => wf.RunAsync("Temporal"), run.Options());
            await handle.SignalAsync(wf => wf.GreetAsync("Hello"));
            Assert.Equal("Hello, Temporal!", await handle.GetResultAsync());
            Assert.Equal("Hello", await handle.QueryAsync(wf => wf.Greeting));
        },
        GreetingWorkflow.Compose);

    [Workflow]
    public class GreetingWorkflow
    {
        [WorkflowQuery]
        public string? Greeting { get; private set; }

        [Activity]
        public static string Compose(string greeting, string name) => $"{greeting}, {name}!";

        [WorkflowRun]
        public async Task<string> RunAsync(string name)
        {
            await Workflow.WaitConditionAsync(() => Greeting is not null);
            await Workflow.DelayAsync(10);
            return await Workflow.ExecuteActivityAsync(
                () => Compose(Greeting!, name), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
        }

        [WorkflowSignal]
        public Task GreetAsync(string greeting)
        {
            Greeting = greeting;
            return Task.CompletedTask;
        }
    }
}
