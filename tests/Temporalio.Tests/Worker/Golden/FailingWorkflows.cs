using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class FailingWorkflows
{
    private static Task FailBelowAsync() => Workflow.ExecuteActivityAsync("fail", ["from below"], new() { StartToCloseTimeout = TimeSpan.FromSeconds(5) });

    [Workflow("fails")]
    public class Fails
    {
        [WorkflowRun]
        public Task RunAsync() => throw new ApplicationFailureException("it failed", "Kind");
    }

    [Workflow("succeedsAt")]
    public class SucceedsAt
    {
        [WorkflowRun]
        public Task<int> RunAsync(int attempt) => Workflow.Info.Attempt < attempt
            ? throw new ApplicationFailureException($"attempt {Workflow.Info.Attempt}", "Early")
            : Task.FromResult(Workflow.Info.Attempt);
    }

    [Workflow("throwsCustom", FailureExceptionTypes = [typeof(InvalidOperationException)])]
    public class ThrowsCustom
    {
        [WorkflowRun]
        public Task RunAsync() => throw new ObjectDisposedException("my own class");
    }

    [Workflow("throwsPlain", FailureExceptionTypes = [typeof(Exception)])]
    public class ThrowsPlain
    {
        [WorkflowRun]
        public Task RunAsync() => throw new InvalidOperationException("not a failure");
    }

    [Workflow("activityFailure")]
    public class ActivityFailure
    {
        [WorkflowRun]
        public Task RunAsync() => FailBelowAsync();
    }

    [Workflow("rewraps")]
    public class Rewraps
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            try
            {
                await FailBelowAsync();
            }
            catch (ActivityFailureException e)
            {
                throw new ApplicationFailureException("wrapped", e, "Wrapper");
            }
        }
    }

    [Workflow("sleeps")]
    public class Sleeps
    {
        [WorkflowRun]
        public Task RunAsync(int milliseconds = 3600000) => Workflow.DelayAsync(milliseconds);
    }

    [Workflow("categories")]
    public class Categories
    {
        [WorkflowRun]
        public Task RunAsync() => throw new ApplicationFailureException("benign", category: Temporalio.Api.Enums.V1.ApplicationErrorCategory.Benign);
    }

    [Workflow("waits")]
    public class Waits
    {
        private bool _ended;

        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => _ended);

        [WorkflowSignal("end")]
        public Task EndAsync()
        {
            _ended = true;
            return Task.CompletedTask;
        }
    }
}
