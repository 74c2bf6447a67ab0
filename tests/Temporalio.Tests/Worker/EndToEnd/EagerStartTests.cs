using Temporalio.Client;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

public class EagerStartTests(TestServer server)
{
    [Fact]
    public Task StartWorkflowAsync_EagerWithAWorkerOnTheConnection_HandsItTheFirstTask() => server.WithWorkerAsync<EchoWorkflow>(async run =>
    {
        var handle = await run.Client.StartWorkflowAsync(
            (EchoWorkflow wf) => wf.RunAsync("eager"),
            new($"wf-{Guid.NewGuid()}", run.TaskQueue) { RequestEagerStart = true });
        Assert.Equal("eager", await handle.GetResultAsync());
        Assert.True(await WasEagerAsync(handle));
    });

    [Fact]
    public Task StartWorkflowAsync_EagerForAnotherTaskQueue_GoesThroughThatQueue() => server.WithWorkerAsync<EchoWorkflow>(async run =>
    {
        var handle = await run.Client.StartWorkflowAsync(
            (EchoWorkflow wf) => wf.RunAsync("nobody"),
            new($"wf-{Guid.NewGuid()}", $"{run.TaskQueue}-other") { RequestEagerStart = true });
        Assert.False(await WasEagerAsync(handle));
        await handle.TerminateAsync();
    });

    private static async Task<bool> WasEagerAsync(WorkflowHandle handle) =>
        (await handle.FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes.EagerExecutionAccepted;

    [Workflow]
    public class EchoWorkflow
    {
        [WorkflowRun]
        public Task<string> RunAsync(string text) => Task.FromResult(text);
    }
}
