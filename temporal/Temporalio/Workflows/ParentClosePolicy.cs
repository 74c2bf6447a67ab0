namespace Temporalio.Workflows;

/// <summary>What happens to a child when its parent closes.</summary>
public enum ParentClosePolicy
{
    /// <summary>The server's default: <see cref="Terminate"/>.</summary>
    None = 0,

    /// <summary>The child is terminated.</summary>
    Terminate = 1,

    /// <summary>The child goes on.</summary>
    Abandon = 2,

    /// <summary>Cancellation of the child is requested.</summary>
    RequestCancel = 3,
}
