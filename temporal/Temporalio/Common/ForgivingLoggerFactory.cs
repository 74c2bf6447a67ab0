using Microsoft.Extensions.Logging;

namespace Temporalio.Common;

/// <summary>
/// Loggers whose failures stay their own: what fails in somebody's log provider must not stop a worker in the middle of its work.
/// </summary>
internal sealed class ForgivingLoggerFactory(ILoggerFactory factory) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new ForgivingLogger(factory.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => factory.AddProvider(provider);

    /// <summary>Does nothing: the factory inside is somebody else's.</summary>
    public void Dispose()
    {
    }

    private sealed class ForgivingLogger(ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            try
            {
                return logger.BeginScope(state);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return null;
            }
        }

        public bool IsEnabled(LogLevel logLevel)
        {
            try
            {
                return logger.IsEnabled(logLevel);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return false;
            }
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            try
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // There is nobody left to tell.
            }
        }
    }
}
