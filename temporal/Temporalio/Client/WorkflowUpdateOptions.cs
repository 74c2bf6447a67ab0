namespace Temporalio.Client;

/// <summary>Options of an update.</summary>
public class WorkflowUpdateOptions : ICloneable
{
    public WorkflowUpdateOptions()
    {
    }

    public WorkflowUpdateOptions(string id) => Id = id;

    /// <summary>Deduplicates. Default: a new random id.</summary>
    public string? Id { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (WorkflowUpdateOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

/// <summary>Options of starting an update.</summary>
public class WorkflowUpdateStartOptions : WorkflowUpdateOptions
{
    public WorkflowUpdateStartOptions()
    {
    }

    public WorkflowUpdateStartOptions(WorkflowUpdateStage waitForStage) => WaitForStage = waitForStage;

    public WorkflowUpdateStartOptions(string id, WorkflowUpdateStage waitForStage)
        : base(id) => WaitForStage = waitForStage;

    /// <summary>What to wait for; <see cref="WorkflowUpdateStage.Admitted"/> is not supported.</summary>
    public WorkflowUpdateStage WaitForStage { get; set; }
}

/// <summary>Options of an update that starts its workflow if need be.</summary>
public class WorkflowUpdateWithStartOptions : WorkflowUpdateOptions
{
    public WorkflowUpdateWithStartOptions()
    {
    }

    public WorkflowUpdateWithStartOptions(WithStartWorkflowOperation startWorkflowOperation) => StartWorkflowOperation = startWorkflowOperation;

    public WorkflowUpdateWithStartOptions(string id, WithStartWorkflowOperation startWorkflowOperation)
        : base(id) => StartWorkflowOperation = startWorkflowOperation;

    /// <summary>Required, and needs an id conflict policy. Use one operation once.</summary>
    public WithStartWorkflowOperation? StartWorkflowOperation { get; set; }

    public override object Clone()
    {
        var copy = (WorkflowUpdateWithStartOptions)base.Clone();
        copy.StartWorkflowOperation = (WithStartWorkflowOperation?)StartWorkflowOperation?.Clone();
        return copy;
    }
}

/// <summary>Options of starting an update that starts its workflow if need be.</summary>
public class WorkflowStartUpdateWithStartOptions : WorkflowUpdateWithStartOptions
{
    public WorkflowStartUpdateWithStartOptions()
    {
    }

    public WorkflowStartUpdateWithStartOptions(WithStartWorkflowOperation startWorkflowOperation, WorkflowUpdateStage waitForStage)
        : base(startWorkflowOperation) => WaitForStage = waitForStage;

    public WorkflowStartUpdateWithStartOptions(string id, WithStartWorkflowOperation startWorkflowOperation, WorkflowUpdateStage waitForStage)
        : base(id, startWorkflowOperation) => WaitForStage = waitForStage;

    /// <summary>What to wait for; <see cref="WorkflowUpdateStage.Admitted"/> is not supported.</summary>
    public WorkflowUpdateStage WaitForStage { get; set; }
}
