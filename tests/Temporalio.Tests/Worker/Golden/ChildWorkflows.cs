using System.Text.Json;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class ChildWorkflows
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private static string ChildId(string suffix = "") => $"child{suffix}-of-{Workflow.Info.WorkflowId}";

    private static ParentClosePolicy Policy(string policy) => policy switch
    {
        "ABANDON" => ParentClosePolicy.Abandon,
        "REQUEST_CANCEL" => ParentClosePolicy.RequestCancel,
        _ => ParentClosePolicy.Terminate,
    };

    [Workflow("answers")]
    public class Answers
    {
        [WorkflowRun]
        public Task<string> RunAsync(object? value) => Task.FromResult($"child got {value}");
    }

    [Workflow("fails")]
    public class Fails
    {
        [WorkflowRun]
        public Task RunAsync() => throw new ApplicationFailureException("child failed", "InChild");
    }

    [Workflow("failsAtFirst")]
    public class FailsAtFirst
    {
        [WorkflowRun]
        public Task<int> RunAsync() => Workflow.Info.Attempt < 2
            ? throw new ApplicationFailureException("first attempt", "Early")
            : Task.FromResult(Workflow.Info.Attempt);
    }

    [Workflow("waits")]
    public class Waits
    {
        private readonly List<string> _got = [];

        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => _got.Contains("end"));
            return _got;
        }

        [WorkflowSignal("note")]
        public Task NoteAsync(string text)
        {
            _got.Add(text);
            return Task.CompletedTask;
        }
    }

    [Workflow("sleeps")]
    public class Sleeps
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.DelayAsync(s_hour);
    }

    [Workflow("slowToCancel")]
    public class SlowToCancel
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            try
            {
                await Workflow.DelayAsync(s_hour);
            }
            catch (OperationCanceledException)
            {
                await Workflow.DelayAsync(300, CancellationToken.None);
                throw;
            }
        }
    }

    [Workflow("chain")]
    public class Chain
    {
        [WorkflowRun]
        public Task<string> RunAsync(int count) => count > 0
            ? throw Workflow.CreateContinueAsNewException((Chain wf) => wf.RunAsync(count - 1))
            : Task.FromResult("end of the chain");
    }

    [Workflow("tellsParent")]
    public class TellsParent
    {
        [WorkflowRun]
        public Task<object?> RunAsync() => Task.FromResult<object?>(Workflow.Info.Parent?.WorkflowId);
    }

    [Workflow("nested")]
    public class Nested
    {
        [WorkflowRun]
        public Task<object?> RunAsync() => Workflow.ExecuteChildWorkflowAsync((TellsParent wf) => wf.RunAsync(), new() { Id = ChildId("-2") });
    }

    [Workflow("runs")]
    public class Runs
    {
        [WorkflowRun]
        public Task<string> RunAsync(string child, object?[]? args = null, JsonElement? options = null)
        {
            var json = options ?? default;
            return Caught.Async(Workflow.ExecuteChildWorkflowAsync(child, args ?? [], new()
            {
                Id = ChildId(),
                RunTimeout = GivenOptions.Time(json, "workflowRunTimeout"),
                TaskTimeout = GivenOptions.Time(json, "workflowTaskTimeout"),
                ExecutionTimeout = GivenOptions.Time(json, "workflowExecutionTimeout"),
                RetryPolicy = GivenOptions.Retry(json),
            }));
        }
    }

    [Workflow("propagates")]
    public class Propagates
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteChildWorkflowAsync((Fails wf) => wf.RunAsync(), new() { Id = ChildId() });
    }

    [Workflow("several")]
    public class Several
    {
        [WorkflowRun]
        public Task<string[]> RunAsync() => Workflow.WhenAllAsync(new[] { 1, 2, 3 }.Select(
            n => Workflow.ExecuteChildWorkflowAsync((Answers wf) => wf.RunAsync(n), new() { Id = ChildId($"{n}") })));
    }

    [Workflow("conversation")]
    public class Conversation
    {
        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            var child = await Workflow.StartChildWorkflowAsync((Waits wf) => wf.RunAsync(), new() { Id = ChildId() });
            await child.SignalAsync(wf => wf.NoteAsync("hello"));
            await child.SignalAsync(wf => wf.NoteAsync("end"));
            return await child.GetResultAsync();
        }
    }

    [Workflow("duplicateId")]
    public class DuplicateId
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            await Workflow.StartChildWorkflowAsync((Waits wf) => wf.RunAsync(), new() { Id = ChildId() });
            return await Caught.Async(Workflow.StartChildWorkflowAsync((Waits wf) => wf.RunAsync(), new() { Id = ChildId() }));
        }
    }

    [Workflow("cancels")]
    public class Cancels
    {
        private bool _now;

        [WorkflowRun]
        public async Task<string> RunAsync(string child, string type)
        {
            using var scope = new CancellationTokenSource();
            var handle = await Workflow.StartChildWorkflowAsync(child, [], new()
            {
                Id = ChildId(),
                CancellationToken = scope.Token,
                CancellationType = type switch
                {
                    "ABANDON" => ChildWorkflowCancellationType.Abandon,
                    "TRY_CANCEL" => ChildWorkflowCancellationType.TryCancel,
                    "WAIT_CANCELLATION_REQUESTED" => ChildWorkflowCancellationType.WaitCancellationRequested,
                    _ => ChildWorkflowCancellationType.WaitCancellationCompleted,
                },
            });
            var seen = Caught.Async(handle.GetResultAsync());
            await Workflow.WaitConditionAsync(() => _now);
            CancelNow(scope);
            return await seen;
        }

        [WorkflowSignal("cancelIt")]
        public Task CancelItAsync()
        {
            _now = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("cancelledBeforeStart")]
    public class CancelledBeforeStart
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            using var scope = new CancellationTokenSource();
            var seen = Caught.Async(Workflow.ExecuteChildWorkflowAsync(
                (Answers wf) => wf.RunAsync(1), new() { Id = ChildId(), CancellationToken = scope.Token }));
            CancelNow(scope);
            return await seen;
        }
    }

    [Workflow("closes")]
    public class Closes
    {
        [WorkflowRun]
        public Task RunAsync(string policy) =>
            Workflow.StartChildWorkflowAsync((Sleeps wf) => wf.RunAsync(), new() { Id = ChildId(), ParentClosePolicy = Policy(policy) });
    }

    [Workflow("closesWithFailure")]
    public class ClosesWithFailure
    {
        [WorkflowRun]
        public async Task RunAsync(string policy)
        {
            await Workflow.StartChildWorkflowAsync((Sleeps wf) => wf.RunAsync(), new() { Id = ChildId(), ParentClosePolicy = Policy(policy) });
            throw new ApplicationFailureException("parent failed", nonRetryable: true);
        }
    }

    [Workflow("staysOpen")]
    public class StaysOpen
    {
        [WorkflowRun]
        public async Task RunAsync(string policy)
        {
            await Workflow.StartChildWorkflowAsync((Sleeps wf) => wf.RunAsync(), new() { Id = ChildId(), ParentClosePolicy = Policy(policy) });
            await Workflow.DelayAsync(s_hour);
        }
    }

    // CancelAsync would leave the workflow's scheduler.
    private static void CancelNow(CancellationTokenSource scope) => scope.Cancel();
}
