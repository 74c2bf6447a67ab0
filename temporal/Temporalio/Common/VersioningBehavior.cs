namespace Temporalio.Common;

/// <summary>How a workflow moves between worker deployment versions.</summary>
public enum VersioningBehavior
{
    /// <summary>Not said: the worker's default holds.</summary>
    Unspecified = 0,

    /// <summary>The workflow stays on the version it started on.</summary>
    Pinned = 1,

    /// <summary>The workflow moves to the current version by itself.</summary>
    AutoUpgrade = 2,
}
