namespace Temporalio.Server;

/// <summary>What a server serves and where its limits lie.</summary>
public sealed record TemporalServerOptions
{
    /// <summary>Namespaces that exist from the start. Default: <c>default</c>.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = ["default"];

    /// <summary>From this many events on a workflow task suggests to continue as new. Default: 4096.</summary>
    public int SuggestContinueAsNewEvents { get; init; } = 4096;

    /// <summary>From this many bytes of history on a workflow task suggests to continue as new. Default: 4 MiB.</summary>
    public long SuggestContinueAsNewBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long a poll for a task waits. Default: 60 s, or a second less than the caller does.</summary>
    public TimeSpan TaskPollTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a call waits for new history or an update's outcome. Default: 20 s, or a second less than the caller does.</summary>
    public TimeSpan LongPollTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A sticky queue without a poll for this long is passed over. Default: 10 s.</summary>
    public TimeSpan StickyPollerExpiry { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The least time between the starts of two runs of one chain. Default: 1 s.</summary>
    public TimeSpan MinimumRunSpacing { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long closed runs are kept, in namespaces that do not say. Default: 24 h.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Whether a task that is picked up is written at once. Default: no; then a pick-up whose loss can be repeated costs no commit.
    /// </summary>
    public bool DurableStarts { get; init; }
}
