using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker.EndToEnd;

public class HandlersTests(TestServer server)
{
    [Fact]
    public Task StartUpdateAsync_ValidatorRefuses_FailsWithoutATrace() => server.WithWorkerAsync<CounterWorkflow>(async run =>
    {
        var handle = await run.Client.StartWorkflowAsync((CounterWorkflow wf) => wf.RunAsync(1), run.Options());
        var error = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => handle.ExecuteUpdateAsync(wf => wf.AddAsync(-1)));
        Assert.Equal("negative", Assert.IsType<ApplicationFailureException>(error.InnerException).Message);
        Assert.Equal(3, await handle.ExecuteUpdateAsync(wf => wf.AddAsync(2)));
        await handle.SignalAsync(wf => wf.FinishAsync());
        Assert.Equal(3, await handle.GetResultAsync());
        Assert.DoesNotContain((await handle.FetchHistoryAsync()).Events, e => e.WorkflowExecutionUpdateRejectedEventAttributes is not null);
    });

    [Fact]
    public Task ExecuteUpdateAsync_HandlerThrows_CallerSeesFailureAndWorkflowGoesOn() => server.WithWorkerAsync<CounterWorkflow>(async run =>
    {
        var handle = await run.Client.StartWorkflowAsync((CounterWorkflow wf) => wf.RunAsync(1), run.Options());
        var error = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => handle.ExecuteUpdateAsync(wf => wf.FailAsync("bad")));
        var failure = Assert.IsType<ApplicationFailureException>(error.InnerException);
        Assert.Equal(("bad", "BadType"), (failure.Message, failure.ErrorType));
        await handle.SignalAsync(wf => wf.FinishAsync());
        Assert.Equal(1, await handle.GetResultAsync());
    });

    [Fact]
    public Task StartUpdateAsync_WaitForAccepted_ResultComesLater() => server.WithWorkerAsync<CounterWorkflow>(async run =>
    {
        var handle = await run.Client.StartWorkflowAsync((CounterWorkflow wf) => wf.RunAsync(0), run.Options());
        var update = await handle.StartUpdateAsync(wf => wf.WaitForAsync(5), new("my-update", WorkflowUpdateStage.Accepted));
        Assert.Equal("my-update", update.Id);
        await handle.ExecuteUpdateAsync(wf => wf.AddAsync(5));
        Assert.Equal("my-update/WaitFor", await update.GetResultAsync());
        Assert.Equal("my-update/WaitFor", await handle.GetUpdateHandle<string>("my-update").GetResultAsync());
        await handle.SignalAsync(wf => wf.FinishAsync());
        await handle.GetResultAsync();
    });

    [Fact]
    public Task QueryAsync_HandlerThrowsOrIsUnknown_Fails() => server.WithWorkerAsync<CounterWorkflow>(async run =>
    {
        var handle = await run.Client.StartWorkflowAsync((CounterWorkflow wf) => wf.RunAsync(7), run.Options());
        Assert.Equal(7, await handle.QueryAsync(wf => wf.Value));
        Assert.Equal(14, await handle.QueryAsync(wf => wf.Times(2)));
        Assert.Contains("cannot divide", (await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => handle.QueryAsync(wf => wf.DividedBy(0)))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "not found", (await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => handle.QueryAsync<int>("Unknown", []))).Message, StringComparison.Ordinal);
        await handle.SignalAsync(wf => wf.FinishAsync());
        await handle.GetResultAsync();
        Assert.Equal(7, await handle.QueryAsync(wf => wf.Value));
    });

    [Fact]
    public Task SignalWithStart_NewWorkflow_HandlesSignalBeforeRun() => server.WithWorkerAsync<OrderWorkflow>(async run =>
    {
        var options = run.Options();
        options.SignalWithStart((OrderWorkflow wf) => wf.NoteAsync("signal"));
        var handle = await run.Client.StartWorkflowAsync((OrderWorkflow wf) => wf.RunAsync("init"), options);
        Assert.Equal(["init", "signal", "run"], await handle.GetResultAsync());
    });

    [Fact]
    public Task Handlers_AddedAtRunTime_GetWhatWasBuffered() => server.WithWorkerAsync<LateHandlersWorkflow>(async run =>
    {
        var handle = await run.Client.StartWorkflowAsync((LateHandlersWorkflow wf) => wf.RunAsync(), run.Options());
        await handle.SignalAsync("first", ["a"]);
        await handle.SignalAsync("second", ["b", 2]);
        await handle.SignalAsync(wf => wf.OpenAsync());
        Assert.Equal(["first a", "dynamic second b", "dynamic third c"], await Finish(handle));

        static async Task<List<string>> Finish(WorkflowHandle<LateHandlersWorkflow, List<string>> handle)
        {
            await handle.SignalAsync("third", ["c"]);
            Assert.Equal("query any x", await handle.QueryAsync<string>("any", ["x"]));
            Assert.Equal("update some y", await handle.ExecuteUpdateAsync<string>("some", ["y"]));
            return await handle.GetResultAsync();
        }
    });

    [Workflow]
    public class CounterWorkflow
    {
        private bool _finished;

        [WorkflowQuery]
        public int Value { get; private set; }

        [WorkflowRun]
        public async Task<int> RunAsync(int start)
        {
            Value += start;
            await Workflow.WaitConditionAsync(() => _finished);
            return Value;
        }

        [WorkflowQuery]
        public int Times(int factor) => Value * factor;

        [WorkflowQuery]
        public int DividedBy(int divisor) => divisor == 0 ? throw new ApplicationFailureException("cannot divide") : Value / divisor;

        [WorkflowSignal]
        public Task FinishAsync()
        {
            _finished = true;
            return Task.CompletedTask;
        }

        [WorkflowUpdate]
        public async Task<int> AddAsync(int number)
        {
            await Workflow.DelayAsync(1);
            return Value += number;
        }

        [WorkflowUpdateValidator(nameof(AddAsync))]
        public void ValidateAdd(int number)
        {
            if (number < 0)
            {
                throw new ApplicationFailureException("negative");
            }
        }

        [WorkflowUpdate]
        public Task<int> FailAsync(string message) => throw new ApplicationFailureException(message, "BadType");

        [WorkflowUpdate]
        public async Task<string> WaitForAsync(int value)
        {
            await Workflow.WaitConditionAsync(() => Value >= value);
            return $"{Workflow.CurrentUpdateInfo!.Id}/{Workflow.CurrentUpdateInfo.Name}";
        }
    }

    [Workflow]
    public class OrderWorkflow
    {
        private readonly List<string> _notes = [];

        [WorkflowInit]
        public OrderWorkflow(string first) => _notes.Add(first);

        [WorkflowRun]
        public Task<List<string>> RunAsync(string first)
        {
            _notes.Add("run");
            return Task.FromResult(_notes);
        }

        [WorkflowSignal]
        public Task NoteAsync(string note)
        {
            _notes.Add(note);
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public class LateHandlersWorkflow
    {
        private readonly List<string> _notes = [];
        private bool _open;
        private bool _updated;

        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => _open);
            Workflow.Signals["first"] = WorkflowSignalDefinition.CreateWithoutAttribute("first", (string text) =>
            {
                _notes.Add($"first {text}");
                return Task.CompletedTask;
            });
            Workflow.DynamicSignal = WorkflowSignalDefinition.CreateWithoutAttribute(null, (string name, IRawValue[] args) =>
            {
                _notes.Add($"dynamic {name} {Workflow.PayloadConverter.ToValue<string>(args[0])}");
                return Task.CompletedTask;
            });
            Workflow.DynamicQuery = WorkflowQueryDefinition.CreateWithoutAttribute(
                null, (string name, IRawValue[] args) => $"query {name} {Workflow.PayloadConverter.ToValue<string>(args[0])}");
            Workflow.DynamicUpdate = WorkflowUpdateDefinition.CreateWithoutAttribute(null, (string name, IRawValue[] args) =>
            {
                _updated = true;
                return Task.FromResult($"update {name} {Workflow.PayloadConverter.ToValue<string>(args[0])}");
            });
            await Workflow.WaitConditionAsync(() => _notes.Count == 3 && _updated);
            return _notes;
        }

        [WorkflowSignal]
        public Task OpenAsync()
        {
            _open = true;
            return Task.CompletedTask;
        }
    }
}
