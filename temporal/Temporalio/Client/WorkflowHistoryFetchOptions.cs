using Temporalio.Api.Enums.V1;

namespace Temporalio.Client;

/// <summary>Options of fetching a history.</summary>
public class WorkflowHistoryFetchOptions : ICloneable
{
    public HistoryEventFilterType EventFilterType { get; set; } = HistoryEventFilterType.AllEvent;

    /// <summary>Do not look into the archive.</summary>
    public bool SkipArchival { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (WorkflowHistoryFetchOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

/// <summary>Options of fetching events.</summary>
public class WorkflowHistoryEventFetchOptions : ICloneable
{
    /// <summary>Wait for more events until the workflow closes.</summary>
    public bool WaitNewEvent { get; set; }

    public HistoryEventFilterType EventFilterType { get; set; } = HistoryEventFilterType.AllEvent;

    /// <summary>Do not look into the archive.</summary>
    public bool SkipArchival { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (WorkflowHistoryEventFetchOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
