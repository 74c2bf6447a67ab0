using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Api.Enums.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>Options of a client over a connection.</summary>
public class TemporalClientOptions : ICloneable
{
    /// <summary>Default: <c>default</c>.</summary>
    public string Namespace { get; set; } = "default";

    public DataConverter DataConverter { get; set; } = DataConverter.Default;

    /// <summary>The first is the outermost. Those that are worker interceptors, too, also serve the client's workers.</summary>
    public IReadOnlyCollection<IClientInterceptor>? Interceptors { get; set; }

    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Refuses queries in these states of their workflows unless a query's options say otherwise.</summary>
    public QueryRejectCondition? QueryRejectCondition { get; set; }

    public IReadOnlyCollection<ITemporalClientPlugin>? Plugins { get; set; }

    public virtual object Clone() => MemberwiseClone();
}
