using Microsoft.Extensions.Logging;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;

namespace Temporalio.Worker.Instance;

/// <summary>Signals of one run. One without a handler waits until the workflow sets one.</summary>
internal sealed partial class SignalJobs
{
    private readonly WorkflowInstance _instance;
    private List<SignalWorkflow>? _buffered;

    public SignalJobs(WorkflowInstance instance)
    {
        _instance = instance;
        Handlers = new(instance.Definition.Signals, instance.Definition.DynamicSignal, DeliverBuffered);
    }

    public HandlerSet<WorkflowSignalDefinition> Handlers { get; }

    public void Apply(SignalWorkflow job)
    {
        if (Handlers.Find(job.SignalName) is { } definition)
        {
            Start(job, definition);
        }
        else
        {
            (_buffered ??= []).Add(job);
        }
    }

    private void DeliverBuffered()
    {
        if (_buffered is not { Count: > 0 } waiting)
        {
            return;
        }

        _buffered = null;
        foreach (var job in waiting)
        {
            Apply(job);
        }
    }

    private void Start(SignalWorkflow job, WorkflowSignalDefinition definition) =>
        _instance.Queue(() => _instance.Main.RunTopLevelAsync(() => HandleAsync(job, definition)));

    private async Task HandleAsync(SignalWorkflow job, WorkflowSignalDefinition definition)
    {
        object?[] arguments;
        try
        {
            arguments = definition.Dynamic
                ? [job.SignalName, ArgumentDecoder.Raw(job.Input)]
                : ArgumentDecoder.Decode(_instance.PayloadConverter, definition.Parameters, job.Input);
        }
        catch (Exception e)
        {
            // A signal nobody can read must not stop the workflow for ever.
            LogDropped(_instance.Logger, e, job.SignalName);
            return;
        }

        var running = _instance.Handlers.Begin(new(job.SignalName, null, definition.UnfinishedPolicy));
        try
        {
            await _instance.Inbound.HandleSignalAsync(new(job.SignalName, definition, arguments, job.Headers));
        }
        finally
        {
            _instance.Handlers.End(running);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The arguments of signal {SignalName} cannot be decoded; the signal is dropped.")]
    private static partial void LogDropped(ILogger logger, Exception exception, string signalName);
}
