namespace Temporalio.Workflows;

/// <summary>What happens to a signal or update handler that still runs when its workflow ends.</summary>
public enum HandlerUnfinishedPolicy
{
    /// <summary>A warning is logged and the handler is given up.</summary>
    WarnAndAbandon,

    /// <summary>The handler is given up silently.</summary>
    Abandon,
}
