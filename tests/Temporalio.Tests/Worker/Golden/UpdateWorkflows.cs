using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class UpdateWorkflows
{
    [Workflow("account")]
    public class Account
    {
        private int _balance;
        private bool _done;
        private int _free;

        [WorkflowRun]
        public async Task<int> RunAsync(int balance = 0, bool waitForHandlers = true)
        {
            _balance += balance;
            await Workflow.WaitConditionAsync(() => _done && (!waitForHandlers || Workflow.AllHandlersFinished));
            return _balance;
        }

        [WorkflowSignal("finish")]
        public Task FinishAsync()
        {
            _done = true;
            return Task.CompletedTask;
        }

        [WorkflowSignal("release")]
        public Task ReleaseAsync()
        {
            _free++;
            return Task.CompletedTask;
        }

        [WorkflowUpdate("deposit")]
        public Task<int> DepositAsync(int amount) => Task.FromResult(_balance += amount);

        [WorkflowUpdateValidator(nameof(DepositAsync))]
        public void ValidateDeposit(int amount)
        {
            if (amount <= 0)
            {
                throw new ApplicationFailureException($"bad amount {amount}", "BadAmount");
            }
        }

        [WorkflowUpdate("viaActivity")]
        public async Task<int> ViaActivityAsync(int amount) => _balance += await Workflow.ExecuteActivityAsync<int>(
            "echo", [amount], new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });

        [WorkflowUpdate("viaTimer")]
        public async Task<string> ViaTimerAsync()
        {
            await Workflow.DelayAsync(200);
            return Workflow.CurrentUpdateInfo!.Id;
        }

        [WorkflowUpdate("held")]
        public async Task<string> HeldAsync(string text)
        {
            await Workflow.WaitConditionAsync(() => _free > 0);
            return $"released {text}";
        }

        [WorkflowUpdate("failing")]
        public async Task FailingAsync(bool late)
        {
            if (late)
            {
                await Workflow.DelayAsync(1);
            }

            throw new ApplicationFailureException("update failed", "InUpdate");
        }

        [WorkflowUpdate("rejectPlain")]
        public Task RejectPlainAsync() => Task.CompletedTask;

        [WorkflowUpdateValidator(nameof(RejectPlainAsync))]
        public void ValidateRejectPlain() => throw new InvalidOperationException("plain rejection");

        [WorkflowUpdate("stop")]
        public Task<string> StopAsync()
        {
            _done = true;
            return Task.FromResult("stopping");
        }
    }

    [Workflow("dynamic")]
    public class Dynamic
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => false);

        [WorkflowUpdate(Dynamic = true)]
        public Task<string> AnyAsync(string name, IRawValue[] args) => Task.FromResult(name);
    }

    [Workflow("abandoned")]
    public class Abandoned
    {
        private bool _done;

        [WorkflowRun]
        public Task RunAsync(string policy) => Workflow.WaitConditionAsync(() => _done);

        [WorkflowSignal("finish")]
        public Task FinishAsync()
        {
            _done = true;
            return Task.CompletedTask;
        }

        [WorkflowUpdate("held", UnfinishedPolicy = HandlerUnfinishedPolicy.Abandon)]
        public Task HeldAsync() => Workflow.WaitConditionAsync(() => false);
    }

    [Workflow("startedByUpdate")]
    public class StartedByUpdate
    {
        private bool _done;
        private int _number;

        [WorkflowRun]
        public async Task<int> RunAsync(int number)
        {
            _number += number;
            await Workflow.WaitConditionAsync(() => _done);
            return _number;
        }

        [WorkflowUpdate("add")]
        public Task<int> AddAsync(int number) => Task.FromResult(_number += number);

        [WorkflowSignal("finish")]
        public Task FinishAsync()
        {
            _done = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("completesAtOnce")]
    public class CompletesAtOnce
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Task.FromResult("done");

        [WorkflowUpdate("quick")]
        public Task<string> QuickAsync() => Task.FromResult("quick");
    }
}
