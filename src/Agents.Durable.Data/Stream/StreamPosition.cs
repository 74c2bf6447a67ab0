namespace Agents.Durable.Data.Stream;

/// <summary>Where a committed item stands in its task's stream: its number and the time of its row.</summary>
public readonly record struct StreamPosition(long Seq, DateTimeOffset At);
