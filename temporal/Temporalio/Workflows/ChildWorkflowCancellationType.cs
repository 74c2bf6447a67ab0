namespace Temporalio.Workflows;

/// <summary>What a workflow sees of a child that it cancels.</summary>
public enum ChildWorkflowCancellationType
{
    /// <summary>Nothing is requested, and the parent sees the child as cancelled at once.</summary>
    Abandon = 0,

    /// <summary>Cancellation is requested, and the parent sees the child as cancelled at once.</summary>
    TryCancel = 1,

    /// <summary>Cancellation is requested, and the parent waits for what the child makes of it.</summary>
    WaitCancellationCompleted = 2,

    /// <summary>Cancellation is requested, and the parent waits until the child has the request.</summary>
    WaitCancellationRequested = 3,
}
