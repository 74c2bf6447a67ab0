using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>Options of a time-skipping server in this process, and of the client of it.</summary>
public class WorkflowEnvironmentStartTimeSkippingOptions : TemporalClientConnectOptions
{
    /// <summary>Options to be filled in.</summary>
    public WorkflowEnvironmentStartTimeSkippingOptions()
    {
    }

    /// <summary>No effect: nothing is downloaded.</summary>
    public string? DownloadDirectory { get; set; }

    /// <summary>Options of the server.</summary>
    public TestServerOptions TestServer { get; set; } = new();

    /// <inheritdoc/>
    public override object Clone()
    {
        var copy = (WorkflowEnvironmentStartTimeSkippingOptions)base.Clone();
        copy.TestServer = (TestServerOptions)TestServer.Clone();
        return copy;
    }
}
