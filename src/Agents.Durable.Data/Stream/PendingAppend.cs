namespace Agents.Durable.Data.Stream;

/// <summary>Items of one caller, which stay together and in order, and the promise of the last one's position.</summary>
internal sealed record PendingAppend(string TaskId, IReadOnlyList<StreamItem> Items)
{
    public TaskCompletionSource<StreamPosition> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
