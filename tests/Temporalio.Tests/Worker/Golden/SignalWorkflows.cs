using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.Golden;

public static class SignalWorkflows
{
    private static readonly ActivityOptions s_options = new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) };

    public abstract class Finishing
    {
        protected bool Done { get; private set; }

        protected List<object?> Seen { get; } = [];

        [WorkflowSignal("finish")]
        public Task FinishAsync()
        {
            Done = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("collect")]
    public class Collect : Finishing
    {
        [WorkflowRun]
        public async Task<List<object?>> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => Done);
            return Seen;
        }

        [WorkflowSignal("note")]
        public Task NoteAsync(object? value = null)
        {
            Seen.Add(value);
            return Task.CompletedTask;
        }
    }

    [Workflow("lateHandler")]
    public class LateHandler
    {
        private readonly List<object?> _seen = ["slept"];

        [WorkflowRun]
        public async Task<List<object?>> RunAsync()
        {
            await Workflow.DelayAsync(300);
            Workflow.Signals["note"] = WorkflowSignalDefinition.CreateWithoutAttribute("note", (object? value) => AddAsync(value));
            Workflow.DynamicSignal = WorkflowSignalDefinition.CreateWithoutAttribute(null, (string name, IRawValue[] args) => AddAsync(name));
            await Workflow.WaitConditionAsync(() => _seen.Count >= 4);
            return _seen;
        }

        private Task AddAsync(object? value)
        {
            _seen.Add(value);
            return Task.CompletedTask;
        }
    }

    [Workflow("dynamic")]
    public class Dynamic
    {
        private readonly List<string> _seen = [];

        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => _seen.Count == 3);
            return _seen;
        }

        [WorkflowSignal("note")]
        public Task NoteAsync(object? value)
        {
            _seen.Add($"own {value}");
            return Task.CompletedTask;
        }

        [WorkflowSignal(Dynamic = true)]
        public Task AnyAsync(string name, IRawValue[] args)
        {
            _seen.Add(name);
            return Task.CompletedTask;
        }
    }

    [Workflow("asyncHandlers")]
    public class AsyncHandlers : Finishing
    {
        [WorkflowRun]
        public async Task<List<object?>> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => Done && Workflow.AllHandlersFinished);
            return Seen;
        }

        [WorkflowSignal("note")]
        public async Task NoteAsync(object? value)
        {
            Seen.Add($"begin {value}");
            await Workflow.ExecuteActivityAsync("echo", [value], s_options);
            Seen.Add($"end {value}");
        }
    }

    [Workflow("failingHandler")]
    public class FailingHandler
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => false);

        [WorkflowSignal("note")]
        public Task NoteAsync() => throw new ApplicationFailureException("signal handler failed", "InSignal");
    }

    [Workflow("unfinished")]
    public class Unfinished : Finishing
    {
        [WorkflowRun]
        public Task RunAsync(string? policy = null) => Workflow.WaitConditionAsync(() => Done);

        [WorkflowSignal("note", UnfinishedPolicy = HandlerUnfinishedPolicy.Abandon)]
        public Task NoteAsync() => Workflow.WaitConditionAsync(() => false);
    }

    [Workflow("signalledByActivity")]
    public class SignalledByActivity
    {
        private readonly List<string> _seen = [];

        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            await Workflow.ExecuteActivityAsync("signalMe", ["note", "from the activity"], s_options);
            _seen.Add("activity done");
            return _seen;
        }

        [WorkflowSignal("note")]
        public Task NoteAsync(string value)
        {
            _seen.Add(value);
            return Task.CompletedTask;
        }
    }
}
