namespace Agents.Durable.Data.Stream;

/// <summary>Items of one caller, which stay together and in order, and the promise of the last one's number.</summary>
internal sealed record PendingAppend(string TaskId, IReadOnlyList<StreamItem> Items)
{
    public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
