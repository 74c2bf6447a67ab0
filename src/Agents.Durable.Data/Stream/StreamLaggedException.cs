namespace Agents.Durable.Data.Stream;

/// <summary>The viewer read more slowly than the task wrote, and was dropped so that it holds no memory; it comes back with its cursor.</summary>
public sealed class StreamLaggedException(long seq) : Exception($"The viewer fell behind; it has seen everything up to {seq}.")
{
    /// <summary>The last number the viewer was given: the cursor to resume with.</summary>
    public long Seq { get; } = seq;
}
