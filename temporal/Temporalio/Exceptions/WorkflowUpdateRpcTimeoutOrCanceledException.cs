namespace Temporalio.Exceptions;

/// <summary>The wait for an update was cancelled or ran out of time; the update itself may go on.</summary>
public class WorkflowUpdateRpcTimeoutOrCanceledException(Exception? inner)
    : RpcTimeoutOrCanceledException("Timeout or cancellation waiting for update", inner);
