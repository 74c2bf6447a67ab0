namespace Temporalio.Workflows;

/// <summary>Where a run that continues another starts.</summary>
public enum InitialVersioningBehavior
{
    /// <summary>As the server decides.</summary>
    Unspecified = 0,

    /// <summary>On the target version of the task queue.</summary>
    AutoUpgrade = 1,

    /// <summary>On the ramping version, if there is one.</summary>
    UseRampingVersion = 2,
}
