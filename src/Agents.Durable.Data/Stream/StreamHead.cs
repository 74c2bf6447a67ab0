namespace Agents.Durable.Data.Stream;

/// <summary>Where a task's stream stands: its last number (0 while empty), and the number of the frame that ended the task (0 while open).</summary>
public readonly record struct StreamHead(long Seq, long EndedSeq)
{
    public bool Ended => EndedSeq > 0;
}
