using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Scripted;

public class TimerTests
{
    [Fact]
    public void Delay_Fired_CompletesWithTheWorkflowsTime()
    {
        var run = new ScriptedRun(typeof(Sleeper), 5);

        var started = Assert.Single(run.BeginCommands()).StartTimer;
        Assert.Equal(1u, started.Seq);
        Assert.Equal(TimeSpan.FromSeconds(5), started.StartToFireTimeout.ToTimeSpan());

        var commands = run.Later(TimeSpan.FromSeconds(5)).Send(Jobs.Fire(1));
        Assert.Equal(ScriptedRun.Start.AddSeconds(5), ScriptedRun.Result<DateTime>(commands));
    }

    [Fact]
    public void Delay_Zero_IsOneMillisecond()
    {
        var run = new ScriptedRun(typeof(Sleeper), 0);

        Assert.Equal(TimeSpan.FromMilliseconds(1), Assert.Single(run.BeginCommands()).StartTimer.StartToFireTimeout.ToTimeSpan());
    }

    [Fact]
    public void Delay_Negative_FailsTheTask()
    {
        var completion = new ScriptedRun(typeof(Sleeper), -5).Begin();

        Assert.Contains("cannot be less than 0", completion.Failed.Failure_.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancel_WhileWaiting_CancelsTimerAndWorkflow()
    {
        var run = new ScriptedRun(typeof(Sleeper), 5);
        run.BeginCommands();

        var commands = run.Send(Jobs.Cancel());

        Assert.Equal(1u, commands[0].CancelTimer.Seq);
        Assert.NotNull(commands[1].CancelWorkflowExecution);
        Assert.Equal(2, commands.Count);
    }

    [Fact]
    public void WaitCondition_BecomesTrue_CancelsTheTimeOut()
    {
        var run = new ScriptedRun(typeof(Waiter));
        Assert.NotNull(Assert.Single(run.BeginCommands()).StartTimer);

        var commands = run.Send(Jobs.Signal("Set", 7));

        Assert.Equal(1u, commands[0].CancelTimer.Seq);
        Assert.Equal("held 7", ScriptedRun.Result<string>(commands));
    }

    [Fact]
    public void WaitCondition_TimePasses_AnswersFalse()
    {
        var run = new ScriptedRun(typeof(Waiter));
        run.BeginCommands();

        Assert.Equal("late 0", ScriptedRun.Result<string>(run.Send(Jobs.Fire(1))));
    }

    [Fact]
    public void WaitCondition_TwoHold_SecondSeesWhatTheFirstDid()
    {
        var run = new ScriptedRun(typeof(Tickets));
        run.BeginCommands();

        var commands = run.Send(Jobs.Signal("Add", 1));
        Assert.Empty(commands);
        Assert.Equal("a,b", ScriptedRun.Result<string>(run.Send(Jobs.Signal("Add", 1))));
    }

    [Fact]
    public void WaitCondition_TwoHoldInOldHistory_BothResolveAtOnce()
    {
        var run = new ScriptedRun(typeof(Tickets), new ScriptedRun.Setup { Replaying = true, Flags = [], FirstJobs = [Jobs.Signal("Add", 1)] });

        var completion = run.Begin();

        Assert.Empty(completion.Successful.UsedInternalFlags);
        Assert.Equal("a,b", ScriptedRun.Result<string>(ScriptedRun.Commands(completion)));
    }

    [Workflow]
    public class Sleeper
    {
        [WorkflowRun]
        public async Task<DateTime> RunAsync(int seconds)
        {
            await Workflow.DelayAsync(TimeSpan.FromSeconds(seconds));
            return Workflow.UtcNow;
        }
    }

    [Workflow]
    public class Waiter
    {
        private int _value;

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var held = await Workflow.WaitConditionAsync(() => _value > 0, TimeSpan.FromMinutes(1));
            return $"{(held ? "held" : "late")} {_value}";
        }

        [WorkflowSignal]
        public Task SetAsync(int value)
        {
            _value = value;
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public class Tickets
    {
        private int _tickets;

        [WorkflowRun]
        public async Task<string> RunAsync() => string.Join(',', await Workflow.WhenAllAsync(TakeAsync("a"), TakeAsync("b")));

        [WorkflowSignal]
        public Task AddAsync(int count)
        {
            _tickets += count;
            return Task.CompletedTask;
        }

        private async Task<string> TakeAsync(string name)
        {
            await Workflow.WaitConditionAsync(() => _tickets > 0);
            _tickets--;
            return name;
        }
    }
}
