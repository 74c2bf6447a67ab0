namespace Temporalio.Client;

/// <summary>Changes clients when they are made.</summary>
public interface ITemporalClientPlugin
{
    string Name { get; }

    /// <summary>Changes the options of a client that is being made. Plugins run in order.</summary>
    void ConfigureClient(TemporalClientOptions options);

    /// <summary>Wraps the connecting of a client. The first plugin is the outermost.</summary>
    Task<TemporalConnection> ConnectAsync(
        TemporalClientConnectOptions options, Func<TemporalClientConnectOptions, Task<TemporalConnection>> continuation);
}
