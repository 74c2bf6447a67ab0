namespace Temporalio.Worker;

/// <summary>Whether a workflow can be asked where it waits. It costs at every wait.</summary>
public enum WorkflowStackTrace
{
    /// <summary>Not kept.</summary>
    None,

    /// <summary>Kept with file names and lines.</summary>
    Normal,

    /// <summary>Kept without file names and lines.</summary>
    WithoutFileInfo,
}
