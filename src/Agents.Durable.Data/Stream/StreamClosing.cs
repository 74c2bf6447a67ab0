using Microsoft.Extensions.Hosting;

namespace Agents.Durable.Data.Stream;

/// <summary>Tells the appender that the process is about to end, before anything that may wait for an append is stopped.</summary>
internal sealed class StreamClosing(StreamAppender appender) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        appender.Hurry();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
