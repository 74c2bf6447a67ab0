using Temporalio.Client;
using Temporalio.Common;

namespace Temporalio.Testing;

/// <summary>Options of a server in this process, and of the client of it.</summary>
public class WorkflowEnvironmentStartLocalOptions : TemporalClientConnectOptions
{
    /// <summary>Options to be filled in. Without a target host the server takes a free port.</summary>
    public WorkflowEnvironmentStartLocalOptions()
    {
    }

    /// <summary>No effect: nothing is downloaded.</summary>
    public string? DownloadDirectory { get; set; }

    /// <summary>No effect: this server has no pages of its own.</summary>
    public bool UI { get; set; }

    /// <summary>No effect: this server has no pages of its own.</summary>
    public int UIPort { get; set; }

    /// <summary>Search attributes to register before the environment is handed out.</summary>
    public IReadOnlyCollection<SearchAttributeKey>? SearchAttributes { get; set; }

    /// <summary>Options of the server.</summary>
    public DevServerOptions DevServerOptions { get; set; } = new();

    /// <inheritdoc/>
    public override object Clone()
    {
        var copy = (WorkflowEnvironmentStartLocalOptions)base.Clone();
        copy.DevServerOptions = (DevServerOptions)DevServerOptions.Clone();
        return copy;
    }
}
