using Temporalio.Api.Common.V1;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.Instance;

/// <summary>The signals that one run sends to other workflows, children included.</summary>
internal sealed class ExternalSignals(WorkflowInstance instance)
{
    private readonly Dictionary<uint, PendingSignal> _pending = [];
    private uint _last;

    public Task SendAsync(SignalExternalWorkflowInput input) => SendAsync(
        new()
        {
            WorkflowExecution = new() { Namespace = instance.Info.Namespace, WorkflowId = input.Id, RunId = input.RunId ?? string.Empty },
            SignalName = input.Signal,
        },
        input.Id,
        input.Args,
        input.Headers,
        input.Options?.CancellationToken);

    public Task SendToChildAsync(SignalChildWorkflowInput input) => SendAsync(
        new() { ChildWorkflowId = input.Id, SignalName = input.Signal }, input.Id, input.Args, input.Headers, input.Options?.CancellationToken);

    public void Resolve(ResolveSignalExternalWorkflow job)
    {
        if (_pending.Remove(job.Seq, out var signal))
        {
            signal.Resolve(job.Failure);
        }
    }

    private Task SendAsync(
        SignalExternalWorkflowExecution command,
        string workflowId,
        IReadOnlyCollection<object?> args,
        IDictionary<string, Payload>? headers,
        CancellationToken? cancellationToken)
    {
        var token = cancellationToken ?? instance.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromException(new CanceledFailureException("Signal cancelled before scheduled"));
        }

        var converter = instance.Converters.BindOther(workflowId);
        command.Seq = ++_last;
        command.Args.AddRange(converter.PayloadConverter.ToPayloads(args));
        command.Headers.AddAll(headers);
        instance.AddCommand(new() { SignalExternalWorkflowExecution = command });
        var pending = new PendingSignal(instance, command.Seq, converter);
        _pending.Add(command.Seq, pending);
        pending.CancelledBy(token);
        return instance.Traces.Track(pending.Task);
    }

    private sealed class PendingSignal(WorkflowInstance instance, uint seq, DataConverter converter) : TaskCompletionSource
    {
        private CancellationTokenRegistration _registration;

        public void CancelledBy(CancellationToken token) =>
            _registration = token.UnsafeRegister(static signal => ((PendingSignal)signal!).Cancel(), this);

        public void Resolve(Api.Failure.V1.Failure? failure)
        {
            _registration.Dispose();
            if (failure is null)
            {
                TrySetResult();
            }
            else
            {
                TrySetException(converter.FailureConverter.ToException(failure, converter.PayloadConverter));
            }
        }

        private void Cancel()
        {
            if (instance.Scheduler.Admits())
            {
                instance.AddCommand(new() { CancelSignalWorkflow = new() { Seq = seq } });
            }
        }
    }
}
