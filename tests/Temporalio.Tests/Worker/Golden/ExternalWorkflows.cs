using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class ExternalWorkflows
{
    [Workflow("listens")]
    public class Listens
    {
        private bool _ended;

        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => _ended);

        [WorkflowSignal("note")]
        public Task NoteAsync() => Task.CompletedTask;

        [WorkflowSignal("end")]
        public Task EndAsync()
        {
            _ended = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("sleeps")]
    public class Sleeps
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.DelayAsync(TimeSpan.FromHours(1));
    }

    [Workflow("signals")]
    public class Signals
    {
        [WorkflowRun]
        public async Task<List<string>> RunAsync(string id, string? runId = null)
        {
            var handle = Workflow.GetExternalWorkflowHandle(id, runId);
            return [await Caught.Async(handle.SignalAsync("note", [1, "two"])), await Caught.Async(handle.SignalAsync("end", []))];
        }
    }

    [Workflow("cancels")]
    public class Cancels
    {
        [WorkflowRun]
        public Task<string> RunAsync(string id, string? runId = null) =>
            Caught.Async(Workflow.GetExternalWorkflowHandle(id, runId).CancelAsync());
    }

    [Workflow("signalCancelledAtOnce")]
    public class SignalCancelledAtOnce
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string id)
        {
            using var scope = new CancellationTokenSource();
            var seen = Caught.Async(Workflow.GetExternalWorkflowHandle(id).SignalAsync("note", [1], new() { CancellationToken = scope.Token }));
            CancelNow(scope);
            return await seen;
        }

        // CancelAsync would leave the workflow's scheduler.
        private static void CancelNow(CancellationTokenSource scope) => scope.Cancel();
    }
}
