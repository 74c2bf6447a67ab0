namespace Temporalio.Client;

/// <summary>How far an update has come.</summary>
public enum WorkflowUpdateStage
{
    None = 0,
    Admitted = 1,
    Accepted = 2,
    Completed = 3,
}
