using Temporalio.Common;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class ContinuingWorkflows
{
    [Workflow("countdown")]
    public class Countdown
    {
        [WorkflowRun]
        public Task RunAsync(int count) => count > 0
            ? throw Workflow.CreateContinueAsNewException((Countdown wf) => wf.RunAsync(count - 1))
            : Task.CompletedTask;
    }

    [Workflow("other")]
    public class Other
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;
    }

    [Workflow("changesEverything")]
    public class ChangesEverything
    {
        [WorkflowRun]
        public Task RunAsync() => throw Workflow.CreateContinueAsNewException("other", [], new() { RunTimeout = TimeSpan.FromSeconds(50) });
    }

    [Workflow("keepsUpserts")]
    public class KeepsUpserts
    {
        [WorkflowRun]
        public Task RunAsync()
        {
            if (Workflow.Info.ContinuedRunId is not null)
            {
                return Task.CompletedTask;
            }

            Workflow.UpsertMemo(MemoUpdate.ValueSet("upserted", 1));
            Workflow.UpsertTypedSearchAttributes(SearchAttributeKey.CreateLong("GoldenInt").ValueSet(5));
            throw Workflow.CreateContinueAsNewException((KeepsUpserts wf) => wf.RunAsync());
        }
    }

    [Workflow("backsOff")]
    public class BacksOff
    {
        [WorkflowRun]
        public Task RunAsync(bool again) => again
            ? throw Workflow.CreateContinueAsNewException((BacksOff wf) => wf.RunAsync(false))
            : Task.CompletedTask;
    }

    [Workflow("drains")]
    public class Drains
    {
        private readonly List<string> _inbox = [];
        private int _round;

        [WorkflowRun]
        public async Task RunAsync(int round = 0, object?[]? all = null)
        {
            _round = round;
            await Workflow.WaitConditionAsync(() => _inbox.Count > 0);
            if (!_inbox.Contains("end"))
            {
                throw Workflow.CreateContinueAsNewException((Drains wf) => wf.RunAsync(round + 1, null));
            }
        }

        [WorkflowSignal("note")]
        public Task NoteAsync(object? value)
        {
            _inbox.Add($"{value}");
            return Task.CompletedTask;
        }

        [WorkflowUpdate("round")]
        public Task<int> RoundAsync() => Task.FromResult(_round);
    }

    [Workflow("leavesChild")]
    public class LeavesChild
    {
        private bool _done;

        [WorkflowRun]
        public async Task RunAsync()
        {
            if (Workflow.Info.ContinuedRunId is not null)
            {
                await Workflow.WaitConditionAsync(() => _done);
                return;
            }

            await Workflow.StartChildWorkflowAsync(
                (WaitsLong wf) => wf.RunAsync(), new() { Id = $"child-of-{Workflow.Info.WorkflowId}", ParentClosePolicy = ParentClosePolicy.Terminate });
            throw Workflow.CreateContinueAsNewException((LeavesChild wf) => wf.RunAsync());
        }

        [WorkflowSignal("end")]
        public Task EndAsync()
        {
            _done = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("waitsLong")]
    public class WaitsLong
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => false);
    }
}
