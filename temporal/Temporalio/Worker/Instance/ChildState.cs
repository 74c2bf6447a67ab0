using Temporalio.Api.Common.V1;
using Temporalio.Bridge.Api.ChildWorkflow;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Worker.Instance;

/// <summary>One child workflow from its start command to its end.</summary>
internal sealed class ChildState(WorkflowInstance instance, uint seq, string id, DataConverter converter)
{
    private readonly TaskCompletionSource<string> _started = new();
    private readonly TaskCompletionSource<Payload?> _ended = new();
    private CancellationTokenRegistration _registration;

    public string Id => id;

    public DataConverter Converter => converter;

    /// <summary>The run id.</summary>
    public Task<string> Started => _started.Task;

    public Task<Payload?> Ended => _ended.Task;

    public void CancelledBy(CancellationToken token) => _registration = token.UnsafeRegister(static child => ((ChildState)child!).Cancel(), this);

    /// <returns>False if the child never runs.</returns>
    public bool ResolveStart(ResolveChildWorkflowExecutionStart job)
    {
        switch (job.StatusCase)
        {
            case ResolveChildWorkflowExecutionStart.StatusOneofCase.Succeeded:
                _started.TrySetResult(job.Succeeded.RunId);
                return true;
            case ResolveChildWorkflowExecutionStart.StatusOneofCase.Failed:
                // The run that holds the id is not told.
                Forget();
                _started.TrySetException(job.Failed.Cause == StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists
                    ? new WorkflowAlreadyStartedException("Child workflow already started", job.Failed.WorkflowId, job.Failed.WorkflowType, "<unknown>")
                    : new InvalidOperationException($"Unknown child start failure cause {job.Failed.Cause}"));
                return false;
            case ResolveChildWorkflowExecutionStart.StatusOneofCase.Cancelled:
                Forget();
                _started.TrySetException(converter.FailureConverter.ToException(job.Cancelled.Failure, converter.PayloadConverter));
                return false;
            default:
                throw new InvalidOperationException($"Unexpected child start status {job.StatusCase}");
        }
    }

    public void Resolve(ChildWorkflowResult result)
    {
        Forget();
        switch (result.StatusCase)
        {
            case ChildWorkflowResult.StatusOneofCase.Completed:
                _ended.TrySetResult(result.Completed.Result);
                break;
            case ChildWorkflowResult.StatusOneofCase.Failed:
                _ended.TrySetException(converter.FailureConverter.ToException(result.Failed.Failure_, converter.PayloadConverter));
                break;
            case ChildWorkflowResult.StatusOneofCase.Cancelled:
                _ended.TrySetException(converter.FailureConverter.ToException(result.Cancelled.Failure, converter.PayloadConverter));
                break;
            default:
                throw new InvalidOperationException($"Unexpected child status {result.StatusCase}");
        }
    }

    private void Forget()
    {
        _registration.Dispose();
        instance.Converters.ReleaseChild(seq);
    }

    // The core answers with resolutions, at once or later, as the cancellation type says.
    private void Cancel()
    {
        if (instance.Scheduler.Admits())
        {
            instance.AddCommand(new() { CancelChildWorkflowExecution = new() { ChildWorkflowSeq = seq, Reason = "Parent requested cancellation" } });
        }
    }
}
