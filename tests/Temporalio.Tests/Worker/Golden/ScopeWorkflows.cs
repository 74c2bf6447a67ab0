using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class ScopeWorkflows
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private static ActivityOptions Options(CancellationToken? token = null) => new()
    {
        StartToCloseTimeout = TimeSpan.FromSeconds(20),
        HeartbeatTimeout = TimeSpan.FromSeconds(1),
        CancellationType = ActivityCancellationType.WaitCancellationCompleted,
        CancellationToken = token,
    };

    [Workflow("sleeping")]
    public class Sleeping
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.DelayAsync(s_hour);
    }

    [Workflow("cleansUp")]
    public class CleansUp
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
                await Workflow.ExecuteActivityAsync("echo", ["cleaned"], Options(CancellationToken.None));
                throw;
            }
        }
    }

    [Workflow("swallows")]
    public class Swallows
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Caught.Async(Workflow.DelayAsync(s_hour));
    }

    [Workflow("failsInstead")]
    public class FailsInstead
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            await Caught.Async(Workflow.DelayAsync(s_hour));
            throw new CanceledFailureException("my own cancellation");
        }
    }

    [Workflow("shielded")]
    public class Shielded
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.DelayAsync(600, CancellationToken.None);
    }

    [Workflow("inCondition")]
    public class InCondition
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Caught.Async(Workflow.WaitConditionAsync(() => false));
    }

    [Workflow("inConditionWithTimeout")]
    public class InConditionWithTimeout
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Caught.Async(Workflow.WaitConditionAsync(() => false, s_hour));
    }

    [Workflow("inActivity")]
    public class InActivity
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteActivityAsync("cancellable", [], Options());
    }

    [Workflow("inChild")]
    public class InChild
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteChildWorkflowAsync("sleeping", [], new()
        {
            Id = $"child-of-{Workflow.Info.WorkflowId}",
            CancellationType = ChildWorkflowCancellationType.WaitCancellationCompleted,
        });
    }

    [Workflow("tree")]
    public class Tree
    {
        [WorkflowRun]
        public async Task RunAsync() => await Workflow.WhenAllAsync(
            Workflow.DelayAsync(500, CancellationToken.None), Caught.Async(Workflow.DelayAsync(s_hour)), Caught.Async(Workflow.DelayAsync(s_hour)));
    }

    [Workflow("innerScope")]
    public class InnerScope
    {
        private Action? _cancel;

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            using var scope = new CancellationTokenSource();
            _cancel = scope.Cancel;
            var inner = await Caught.Async(Workflow.DelayAsync(s_hour, scope.Token));
            await Workflow.DelayAsync(1);
            return inner;
        }

        [WorkflowSignal("cancelInner")]
        public Task CancelInnerAsync()
        {
            _cancel!();
            return Task.CompletedTask;
        }
    }

    [Workflow("cancelRequested")]
    public class CancelRequested
    {
        [WorkflowRun]
        public Task RunAsync()
        {
            var noticed = false;
            Workflow.CancellationToken.Register(() => noticed = true);
            return Workflow.WaitConditionAsync(() => noticed, CancellationToken.None);
        }
    }

    [Workflow("updateDuringCancellation")]
    public class UpdateDuringCancellation
    {
        private bool _done;

        [WorkflowRun]
        public async Task RunAsync()
        {
            await Caught.Async(Workflow.WaitConditionAsync(() => false));
            await Workflow.WaitConditionAsync(() => _done, CancellationToken.None);
            throw new CanceledFailureException("cancelled at last");
        }

        [WorkflowUpdate("finish")]
        public Task<string> FinishAsync()
        {
            _done = true;
            return Task.FromResult("finished");
        }
    }
}
