using Temporalio.Activities;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Scripted;

/// <summary>Tokens that something outside of the workflow cancels, as the time-out of their source does.</summary>
public sealed class ForeignCancelTests : IDisposable
{
    private static readonly AsyncLocal<CancellationTokenSource> s_source = new();

    private readonly CancellationTokenSource _source = new();

    public ForeignCancelTests() => s_source.Value = _source;

    public void Dispose() => _source.Dispose();

    [Theory]
    [InlineData("timer")]
    [InlineData("condition")]
    [InlineData("timed condition")]
    [InlineData("activity")]
    [InlineData("local activity")]
    [InlineData("child")]
    [InlineData("signal")]
    public void Cancel_BetweenTasks_DoesNothingThereAndFailsTheNextTask(string waitsFor)
    {
        var run = new ScriptedRun(typeof(Waiter), waitsFor);
        run.BeginCommands();

        // As a timer of the platform does; what a callback throws there ends the process.
        _source.Cancel();

        var failure = run.Activate(false, Jobs.Signal("Any")).Failed.Failure_;
        Assert.Equal("InvalidWorkflowOperationException", failure.ApplicationFailureInfo.Type);
        Assert.Contains("cancelled by something outside", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancel_OnAnotherThreadWhileTheWorkflowRuns_FailsTheTask()
    {
        var failure = new ScriptedRun(typeof(CancelsElsewhere)).Begin().Failed.Failure_;

        Assert.Contains("cancelled by something outside", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancel_NothingWaitsForTheTokenAnyMore_ChangesNothing()
    {
        var run = new ScriptedRun(typeof(Waiter), "timer");
        run.BeginCommands();
        run.Send(Jobs.Fire(1));

        _source.Cancel();

        Assert.Equal("signalled", ScriptedRun.Result<string>(run.Send(Jobs.Signal("Any"))));
    }

    public static class Acts
    {
        [Activity]
        public static void Nothing()
        {
        }
    }

    [Workflow]
    public class Waiter
    {
        private bool _signalled;

        [WorkflowRun]
        public async Task<string> RunAsync(string waitsFor)
        {
            var token = s_source.Value!.Token;
            await (waitsFor switch
            {
                "timer" => Workflow.DelayAsync(1000, token),
                "condition" => Workflow.WaitConditionAsync(() => false, token),
                "timed condition" => Workflow.WaitConditionAsync(() => false, 1000, token),
                "activity" => Workflow.ExecuteActivityAsync(
                    () => Acts.Nothing(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(1), CancellationToken = token }),
                "local activity" => Workflow.ExecuteLocalActivityAsync(
                    () => Acts.Nothing(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(1), CancellationToken = token }),
                "child" => Workflow.ExecuteChildWorkflowAsync((CancelsElsewhere child) => child.RunAsync(), new() { CancellationToken = token }),
                _ => Workflow.GetExternalWorkflowHandle<Waiter>("other").SignalAsync(other => other.AnyAsync(), new() { CancellationToken = token }),
            });
            await Workflow.WaitConditionAsync(() => _signalled);
            return "signalled";
        }

        [WorkflowSignal]
        public Task AnyAsync()
        {
            _signalled = true;
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public class CancelsElsewhere
    {
        [WorkflowRun]
        public Task RunAsync()
        {
            using var source = new CancellationTokenSource();
            var delay = Workflow.DelayAsync(1000, source.Token);
            var thread = new Thread(source.Cancel);
            thread.Start();
            thread.Join();
            return delay;
        }
    }
}
