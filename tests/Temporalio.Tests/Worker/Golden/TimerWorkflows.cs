using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class TimerWorkflows
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private static async Task NoteAsync(List<string> seen, string name, int milliseconds)
    {
        await Workflow.DelayAsync(milliseconds);
        seen.Add(name);
    }

    // CancelAsync would leave the workflow's scheduler.
    private static void CancelNow(CancellationTokenSource scope) => scope.Cancel();

    [Workflow("zero")]
    public class Zero
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.DelayAsync(0);
    }

    [Workflow("twoInOrder")]
    public class TwoInOrder
    {
        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            var seen = new List<string>();
            await Workflow.WhenAllAsync(NoteAsync(seen, "long", 1500), NoteAsync(seen, "short", 300));
            return seen;
        }
    }

    [Workflow("sameTime")]
    public class SameTime
    {
        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            var seen = new List<string>();
            await Workflow.WhenAllAsync(NoteAsync(seen, "a", 200), NoteAsync(seen, "b", 200), NoteAsync(seen, "c", 200));
            return seen;
        }
    }

    [Workflow("withSummary")]
    public class WithSummary
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.DelayWithOptionsAsync(new(TimeSpan.FromMilliseconds(100), "a short rest"));
    }

    [Workflow("conditionTimesOut")]
    public class ConditionTimesOut
    {
        [WorkflowRun]
        public Task<bool> RunAsync() => Workflow.WaitConditionAsync(() => false, TimeSpan.FromMilliseconds(300));
    }

    [Workflow("conditionMet")]
    public class ConditionMet
    {
        private bool _go;

        [WorkflowRun]
        public Task<bool> RunAsync() => Workflow.WaitConditionAsync(() => _go, s_hour);

        [WorkflowSignal("go")]
        public Task GoAsync()
        {
            _go = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("conditionAlreadyTrue")]
    public class ConditionAlreadyTrue
    {
        [WorkflowRun]
        public Task<bool> RunAsync() => Workflow.WaitConditionAsync(() => true, s_hour);
    }

    [Workflow("cancelledTimer")]
    public class CancelledTimer
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            using var scope = new CancellationTokenSource();
            var outcome = Caught.Async(Workflow.DelayAsync(s_hour, scope.Token));
            await Workflow.DelayAsync(100);
            CancelNow(scope);
            return await outcome;
        }
    }

    [Workflow("cancelledAtOnce")]
    public class CancelledAtOnce
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            using var scope = new CancellationTokenSource();
            var outcome = Caught.Async(Workflow.DelayAsync(s_hour, scope.Token));
            CancelNow(scope);
            return await outcome;
        }
    }

    [Workflow("race")]
    public class Race
    {
        private readonly TaskCompletionSource<string> _winner = new();

        [WorkflowRun]
        public async Task<string> RunAsync() => await await Workflow.WhenAnyAsync(_winner.Task, TimerAsync());

        [WorkflowSignal("win")]
        public Task WinAsync(string name)
        {
            _winner.SetResult(name);
            return Task.CompletedTask;
        }

        private static async Task<string> TimerAsync()
        {
            await Workflow.DelayAsync(s_hour);
            return "timer";
        }
    }

    [Workflow("withTimeout")]
    public class WithTimeout
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            using var scope = new CancellationTokenSource();
            var timeout = Workflow.DelayAsync(300);
            var sleep = Workflow.DelayAsync(s_hour, scope.Token);
            await timeout;
            CancelNow(scope);
            return await Caught.Async(sleep);
        }
    }

    [Workflow("timeIsFrozen")]
    public class TimeIsFrozen
    {
        [WorkflowRun]
        public Task<bool> RunAsync() => Task.FromResult(Workflow.UtcNow == Workflow.UtcNow);
    }
}
