using Microsoft.Extensions.Logging;

namespace Temporalio.Runtime;

/// <summary>Logging of the core. This SDK logs through the client's logger factory; the options are accepted for source compatibility.</summary>
public class LoggingOptions : ICloneable
{
    public LoggingOptions()
    {
    }

    public LoggingOptions(TelemetryFilterOptions filter) => Filter = filter;

    public TelemetryFilterOptions Filter { get; set; } = new();

    public LogForwardingOptions? Forwarding { get; set; }

    public virtual object Clone()
    {
        var copy = (LoggingOptions)MemberwiseClone();
        copy.Filter = (TelemetryFilterOptions)Filter.Clone();
        copy.Forwarding = (LogForwardingOptions?)Forwarding?.Clone();
        return copy;
    }
}

/// <summary>Where logs of the core go.</summary>
public class LogForwardingOptions : ICloneable
{
    public LogForwardingOptions()
    {
    }

    public LogForwardingOptions(ILogger logger) => Logger = logger;

    public ILogger? Logger { get; set; }

    public bool IncludeFields { get; set; } = true;

    public virtual object Clone() => MemberwiseClone();
}
