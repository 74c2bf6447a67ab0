using System.ComponentModel.DataAnnotations;

namespace Agents.Durable.Data.Stream;

/// <summary>Bounds of the task stream; section <c>Stream</c> of the configuration.</summary>
public sealed class TaskStreamOptions
{
    public const string Section = "Stream";

    /// <summary>Most items of one flush. Default 512.</summary>
    [Range(1, 10_000)]
    public int FlushItems { get; set; } = 512;

    /// <summary>Items that may wait for a flush before appenders wait too. Default 8,192.</summary>
    [Range(1, 1_000_000)]
    public int QueuedItems { get; set; } = 8192;

    /// <summary>Frames kept in memory for the viewers of one task. Default 2,048.</summary>
    [Range(2, 1_000_000)]
    public int RingFrames { get; set; } = 2048;

    /// <summary>Bytes kept in memory for the viewers of one task. Default 4 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int RingBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Rows of one page of a replay. Default 512.</summary>
    [Range(1, 10_000)]
    public int PageRows { get; set; } = 512;

    /// <summary>The time between two arrays sent to a viewer when many come; a few that come after a pause are sent at once. Default 20 ms.</summary>
    public TimeSpan Coalesce { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How often the heads of watched tasks are compared, for what another process wrote and died before it told. Default 5 s.</summary>
    public TimeSpan Recheck { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the deltas of a complete message stay single rows. Default 30 s.</summary>
    public TimeSpan FoldAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long appenders wait for a database that is away; what was written of a flush when it went is not written again. Default 30 s.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);
}
