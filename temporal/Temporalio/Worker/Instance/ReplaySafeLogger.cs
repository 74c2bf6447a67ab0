using Microsoft.Extensions.Logging;

namespace Temporalio.Worker.Instance;

/// <summary>Logs with the ids of the run, and nothing while history is replayed: it was logged when it happened.</summary>
internal sealed class ReplaySafeLogger(WorkflowInstance instance, ILogger inner) : ILogger
{
    private Dictionary<string, object>? _scope;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => instance.IsLive && inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        using (inner.BeginScope(_scope ??= instance.Info.LoggerScope))
        using (WorkflowInstance.CurrentUpdate.Value is { } update
            ? inner.BeginScope(new Dictionary<string, object> { ["UpdateId"] = update.Id, ["UpdateName"] = update.Name })
            : null)
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
