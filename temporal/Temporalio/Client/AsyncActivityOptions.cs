namespace Temporalio.Client;

/// <summary>Options of completing an asynchronous activity.</summary>
public class AsyncActivityCompleteOptions : ICloneable
{
    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (AsyncActivityCompleteOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

/// <summary>Options of failing an asynchronous activity.</summary>
public class AsyncActivityFailOptions : ICloneable
{
    /// <summary>Handed to the next attempt.</summary>
    public IReadOnlyCollection<object?>? LastHeartbeatDetails { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (AsyncActivityFailOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

/// <summary>Options of a heartbeat of an asynchronous activity.</summary>
public class AsyncActivityHeartbeatOptions : ICloneable
{
    /// <summary>Handed to the next attempt.</summary>
    public IReadOnlyCollection<object?>? Details { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (AsyncActivityHeartbeatOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

/// <summary>Options of reporting an asynchronous activity as cancelled.</summary>
public class AsyncActivityReportCancellationOptions : ICloneable
{
    public IReadOnlyCollection<object?>? Details { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (AsyncActivityReportCancellationOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
