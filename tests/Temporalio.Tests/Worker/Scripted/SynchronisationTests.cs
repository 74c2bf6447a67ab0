using Temporalio.Workflows;
using Mutex = Temporalio.Workflows.Mutex;
using Semaphore = Temporalio.Workflows.Semaphore;

namespace Temporalio.Tests.Worker.Scripted;

public class SynchronisationTests
{
    [Fact]
    public void Semaphore_TwoAtATime_InOrderOfArrival()
    {
        var run = new ScriptedRun(typeof(Gate));
        Assert.Equal(2, run.BeginCommands().Count(c => c.StartTimer is not null));

        Assert.Single(run.Send(Jobs.Fire(1)));
        Assert.Empty(run.Send(Jobs.Fire(2)));
        Assert.Equal("0,1,2", ScriptedRun.Result<string>(run.Send(Jobs.Fire(3))));
    }

    [Fact]
    public void Mutex_TimeOut_AnswersFalse()
    {
        var run = new ScriptedRun(typeof(Locked));
        Assert.NotNull(Assert.Single(run.BeginCommands()).StartTimer);

        Assert.Equal("False True", ScriptedRun.Result<string>(run.Send(Jobs.Fire(1))));
    }

    [Fact]
    public void WhenAny_FirstTimer_StaysOnTheScheduler()
    {
        var run = new ScriptedRun(typeof(Race));
        run.BeginCommands();

        Assert.Equal("second True", ScriptedRun.Result<string>(run.Send(Jobs.Fire(2))));
    }

    [Workflow]
    public class Gate
    {
        private readonly Semaphore _semaphore = new(2);
        private readonly List<int> _order = [];

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            await Workflow.WhenAllAsync(Enumerable.Range(0, 3).Select(PassAsync));
            return string.Join(',', _order);
        }

        private async Task PassAsync(int number)
        {
            await _semaphore.WaitAsync();
            _order.Add(number);
            await Workflow.DelayAsync(1000);
            _semaphore.Release();
        }
    }

    [Workflow]
    public class Locked
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var mutex = new Mutex();
            await mutex.WaitOneAsync();
            var second = await mutex.WaitOneAsync(TimeSpan.FromSeconds(1));
            mutex.ReleaseMutex();
            return $"{second} {await mutex.WaitOneAsync(0)}";
        }
    }

    [Workflow]
    public class Race
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var first = Workflow.DelayAsync(1000);
            var second = Workflow.DelayAsync(500);
            var winner = await Workflow.WhenAnyAsync(first, second);
            await Workflow.RunTaskAsync(() => Task.CompletedTask);
            return $"{(winner == second ? "second" : "first")} {Workflow.InWorkflow}";
        }
    }
}
