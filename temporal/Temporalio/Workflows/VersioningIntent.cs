namespace Temporalio.Workflows;

/// <summary>Which build ids may run something; of a versioning that the server no longer has.</summary>
[Obsolete("Worker versioning by build id is gone; use worker deployments.")]
public enum VersioningIntent
{
    /// <summary>As the server decides.</summary>
    Unspecified = 0,

    /// <summary>One compatible with the current one.</summary>
    Compatible = 1,

    /// <summary>The task queue's default.</summary>
    CurrentDefault = 2,
}
