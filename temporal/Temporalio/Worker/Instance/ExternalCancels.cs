using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.Instance;

/// <summary>The cancellations that one run requests of other workflows.</summary>
internal sealed class ExternalCancels(WorkflowInstance instance)
{
    private readonly Dictionary<uint, TaskCompletionSource> _pending = [];
    private uint _last;

    public Task RequestAsync(CancelExternalWorkflowInput input)
    {
        var seq = ++_last;
        instance.AddCommand(new()
        {
            RequestCancelExternalWorkflowExecution = new()
            {
                Seq = seq,
                WorkflowExecution = new() { Namespace = instance.Info.Namespace, WorkflowId = input.Id, RunId = input.RunId ?? string.Empty },
            },
        });
        var source = new TaskCompletionSource();
        _pending.Add(seq, source);
        return instance.Traces.Track(source.Task);
    }

    public void Resolve(ResolveRequestCancelExternalWorkflow job)
    {
        if (!_pending.Remove(job.Seq, out var source))
        {
            return;
        }

        if (job.Failure is null)
        {
            source.TrySetResult();
        }
        else
        {
            var converter = instance.Converters.Workflow;
            source.TrySetException(converter.FailureConverter.ToException(job.Failure, converter.PayloadConverter));
        }
    }
}
