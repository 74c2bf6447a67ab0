using Microsoft.Extensions.Logging;

namespace Temporalio.Activities;

/// <summary>Adds the ids of an activity to entries; the scope is made only if something is logged.</summary>
internal sealed class ActivityLogger(ILogger inner, ActivityInfo info) : ILogger
{
    private Dictionary<string, object>? _scope;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
        {
            return;
        }

        using (inner.BeginScope(_scope ??= info.LoggerScope))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
