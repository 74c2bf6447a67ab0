using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Worker.Instance;
using Temporalio.Worker.Invocation;
using WorkflowDefinition = Temporalio.Workflows.WorkflowDefinition;

namespace Temporalio.Worker.WorkflowTasks;

/// <summary>A run in the worker's cache, and the work of its current activation, of which the core hands out one at a time.</summary>
internal sealed class CachedRun(WorkflowWorker worker, WorkflowDefinition definition, InstanceConverters converters) : WorkflowWork
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WorkflowInstance? _instance;
    private WorkflowActivation? _activation;
    private WorkflowActivationCompletion? _completion;

    public InstanceConverters Converters => converters;

    /// <summary>True once the code has exceeded its time. It may still be running.</summary>
    public bool Deadlocked { get; private set; }

    /// <summary>Ends when code that had exceeded its time does; the run cannot be forgotten before.</summary>
    public Task StuckCode => Deadlocked ? _ended.Task : Task.CompletedTask;

    public override TimeSpan Limit => worker.DeadlockTimeout;

    public void Begin(WorkflowActivation activation, IWorkflowThreads threads)
    {
        _activation = activation;
        threads.Queue(this);
    }

    public override void Run()
    {
        var activation = _activation!;
        try
        {
            _instance ??= new(worker.Environment, converters, definition, activation.Jobs[0].InitializeWorkflow, activation);
            _completion = _instance.Activate(activation);
        }
        catch (Exception e)
        {
            _completion = new() { RunId = activation.RunId, Failed = new() { Failure_ = PlainFailure.Of(e) } };
        }
    }

    public override void Finish() => worker.Complete(this, _completion!);

    public override void Exceeded()
    {
        Deadlocked = true;
        worker.Complete(this, worker.DeadlockFailure(_activation!.RunId));
    }

    public override void EndedLate() => _ended.SetResult();
}
