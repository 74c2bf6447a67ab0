namespace Temporalio.Client;

/// <summary>Options of counting workflows.</summary>
public class WorkflowCountOptions : ICloneable
{
    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (WorkflowCountOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

/// <summary>Options of listing workflows.</summary>
public class WorkflowListOptions : ICloneable
{
    /// <summary>How many to return at most; 0 means all.</summary>
    public int Limit { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (WorkflowListOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

/// <summary>Options of listing one page of workflows.</summary>
public class WorkflowListPaginatedOptions : ICloneable
{
    /// <summary>Items a page; 0 leaves it to the server.</summary>
    public int PageSize { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (WorkflowListPaginatedOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
