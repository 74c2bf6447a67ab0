namespace Temporalio.Worker.Tuning;

/// <summary>What runs in a slot.</summary>
public record SlotInfo
{
    private SlotInfo()
    {
    }

    /// <summary>A workflow task.</summary>
    public record WorkflowSlotInfo(string WorkflowType, bool IsSticky) : SlotInfo;

    /// <summary>An activity.</summary>
    public record ActivitySlotInfo(string ActivityType) : SlotInfo;

    /// <summary>A local activity.</summary>
    public record LocalActivitySlotInfo(string ActivityType) : SlotInfo;

    /// <summary>A Nexus operation.</summary>
    public record NexusOperationSlotInfo(string ServiceHandlerType, string OperationName) : SlotInfo;
}
