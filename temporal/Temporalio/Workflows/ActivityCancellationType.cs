namespace Temporalio.Workflows;

/// <summary>What a workflow sees of an activity that it cancels.</summary>
public enum ActivityCancellationType
{
    /// <summary>Cancellation is requested, and the workflow sees the activity as cancelled at once.</summary>
    TryCancel = 0,

    /// <summary>Cancellation is requested, and the workflow waits for what the activity makes of it.</summary>
    WaitCancellationCompleted = 1,

    /// <summary>Nothing is requested, and the workflow sees the activity as cancelled at once.</summary>
    Abandon = 2,
}
