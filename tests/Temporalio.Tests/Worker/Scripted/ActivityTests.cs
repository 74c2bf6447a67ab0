using Temporalio.Activities;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Scripted;

public class ActivityTests
{
    [Fact]
    public void ExecuteActivity_Completed_GivesTheResult()
    {
        var run = new ScriptedRun(typeof(OneActivity));

        var command = Assert.Single(run.BeginCommands()).ScheduleActivity;
        Assert.Equal(("Greet", "1", "tq"), (command.ActivityType, command.ActivityId, command.TaskQueue));
        Assert.Equal("you", ScriptedRun.Value<string>(Assert.Single(command.Arguments)));
        Assert.Equal(3, command.RetryPolicy.MaximumAttempts);
        Assert.Equal(TimeSpan.FromSeconds(9), command.StartToCloseTimeout.ToTimeSpan());

        Assert.Equal("got hello", ScriptedRun.Result<string>(run.Send(Jobs.ActivityDone(1, "hello"))));
    }

    [Fact]
    public void ExecuteActivity_Failed_ThrowsActivityFailureWithItsCause()
    {
        var run = new ScriptedRun(typeof(OneActivity));
        run.BeginCommands();

        Assert.Equal("failed Oops: broken", ScriptedRun.Result<string>(run.Send(Jobs.ActivityFailed(1, "broken"))));
    }

    [Fact]
    public void ExecuteActivity_WorkflowCancelled_RequestsCancelThenSeesTheFailure()
    {
        var run = new ScriptedRun(typeof(OneActivity));
        run.BeginCommands();

        Assert.Equal(1u, Assert.Single(run.Send(Jobs.Cancel())).RequestCancelActivity.Seq);
        Assert.NotNull(Assert.Single(run.Send(Jobs.ActivityCancelled(1))).CancelWorkflowExecution);
    }

    [Fact]
    public void ExecuteActivity_NoTimeout_FailsTheTask()
    {
        var completion = new ScriptedRun(typeof(NoTimeout)).Begin();

        Assert.Contains("StartToCloseTimeout or ScheduleToCloseTimeout", completion.Failed.Failure_.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ExecuteActivity_FailureNotCaught_FailsTheWorkflow()
    {
        var run = new ScriptedRun(typeof(Uncaught));
        run.BeginCommands();

        var failure = Assert.Single(run.Send(Jobs.ActivityFailed(1, "broken"))).FailWorkflowExecution.Failure;

        Assert.Equal("Activity task failed", failure.Message);
        Assert.Equal("broken", failure.Cause.Message);
    }

    [Fact]
    public void ExecuteLocalActivity_LongBackoff_IsATimerAndANewAttempt()
    {
        var run = new ScriptedRun(typeof(Local));
        Assert.Equal(1u, Assert.Single(run.BeginCommands()).ScheduleLocalActivity.Attempt);

        var backoff = run.Send(new Bridge.Api.WorkflowActivation.WorkflowActivationJob
        {
            ResolveActivity = new()
            {
                Seq = 1,
                IsLocal = true,
                Result = new()
                {
                    Backoff = new()
                    {
                        Attempt = 4,
                        BackoffDuration = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromMinutes(3)),
                        OriginalScheduleTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(ScriptedRun.Start),
                    },
                },
            },
        });
        Assert.Equal(TimeSpan.FromMinutes(3), Assert.Single(backoff).StartTimer.StartToFireTimeout.ToTimeSpan());

        var again = Assert.Single(run.Send(Jobs.Fire(1))).ScheduleLocalActivity;
        Assert.Equal((2u, 4u, "2"), (again.Seq, again.Attempt, again.ActivityId));
        Assert.Equal(ScriptedRun.Start, again.OriginalScheduleTime.ToDateTime());

        Assert.Equal(5, ScriptedRun.Result<int>(run.Send(Jobs.ActivityDone(2, 5, local: true))));
    }

    [Workflow]
    public class OneActivity
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            try
            {
                var name = "you";
                return "got " + await Workflow.ExecuteActivityAsync(
                    () => Acts.GreetAsync(name),
                    new() { StartToCloseTimeout = TimeSpan.FromSeconds(9), RetryPolicy = new RetryPolicy { MaximumAttempts = 3 } });
            }
            catch (ActivityFailureException e) when (e.InnerException is ApplicationFailureException inner)
            {
                return $"failed {inner.ErrorType}: {inner.Message}";
            }
        }
    }

    [Workflow]
    public class NoTimeout
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteActivityAsync(() => Acts.GreetAsync("x"), new());
    }

    [Workflow]
    public class Uncaught
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteActivityAsync((Acts a) => a.Instance(1), new() { ScheduleToCloseTimeout = TimeSpan.FromSeconds(1) });
    }

    [Workflow]
    public class Local
    {
        [WorkflowRun]
        public Task<int> RunAsync() => Workflow.ExecuteLocalActivityAsync((Acts a) => a.Instance(1), new() { ScheduleToCloseTimeout = TimeSpan.FromHours(1) });
    }

    public class Acts
    {
        [Activity]
        public static Task<string> GreetAsync(string name) => Task.FromResult(name);

        [Activity]
        public int Instance(int value) => value;
    }
}
