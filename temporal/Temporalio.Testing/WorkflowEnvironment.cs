using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Testing.TimeSkipping;

namespace Temporalio.Testing;

/// <summary>A server for tests, and a client of it. Thread-safe, and meant to be shared by tests.</summary>
public class WorkflowEnvironment : IAsyncDisposable
{
    private ILogger<WorkflowEnvironment>? _logger;

    /// <summary>An environment over a server that runs elsewhere; its end leaves that server alone.</summary>
    public WorkflowEnvironment(ITemporalClient client) => Client = client;

    /// <summary>A client of the server.</summary>
    public ITemporalClient Client { get; protected init; }

    /// <summary>True if the server's clock jumps to the next thing to happen whenever nothing else is going on.</summary>
    public virtual bool SupportsTimeSkipping => false;

    /// <summary>Logs of the client's logger factory.</summary>
    protected ILogger<WorkflowEnvironment> Logger => _logger ??= Client.Options.LoggerFactory.CreateLogger<WorkflowEnvironment>();

    /// <summary>Starts a server in this process that keeps everything in memory.</summary>
    /// <exception cref="NotSupportedException">The options want a database file.</exception>
    public static async Task<WorkflowEnvironment> StartLocalAsync(WorkflowEnvironmentStartLocalOptions? options = null) =>
        await EmbeddedEnvironment.StartAsync(options ?? new()).ConfigureAwait(false);

    /// <summary>
    /// Starts a server in this process whose clock jumps to the next thing to happen while a client of this environment waits for a
    /// workflow's result, or in <see cref="DelayAsync(TimeSpan, CancellationToken?)"/>, and no workflow task or activity is running.
    /// </summary>
    public static async Task<WorkflowEnvironment> StartTimeSkippingAsync(WorkflowEnvironmentStartTimeSkippingOptions? options = null) =>
        await TimeSkippingEnvironment.StartAsync(options ?? new()).ConfigureAwait(false);

    /// <inheritdoc cref="DelayAsync(TimeSpan, CancellationToken?)"/>
    public Task DelayAsync(int millisecondsDelay, CancellationToken? cancellationToken = null) =>
        DelayAsync(TimeSpan.FromMilliseconds(millisecondsDelay), cancellationToken);

    /// <summary>Waits until the server's clock has gone on.</summary>
    public virtual Task DelayAsync(TimeSpan delay, CancellationToken? cancellationToken = null) =>
        Task.Delay(delay, TimeProvider.System, cancellationToken ?? CancellationToken.None);

    /// <summary>The server's time, UTC.</summary>
    public virtual Task<DateTime> GetCurrentTimeAsync() => Task.FromResult(TimeProvider.System.GetUtcNow().UtcDateTime);

    /// <summary>Runs the function while the clock does not jump by itself.</summary>
    public void WithAutoTimeSkippingDisabled(Action func) => WithAutoTimeSkippingDisabled<object?>(() =>
    {
        func();
        return null;
    });

    /// <inheritdoc cref="WithAutoTimeSkippingDisabled(Action)"/>
    public T WithAutoTimeSkippingDisabled<T>(Func<T> func) =>
        WithAutoTimeSkippingDisabledAsync(() => Task.FromResult(func())).GetAwaiter().GetResult();

    /// <inheritdoc cref="WithAutoTimeSkippingDisabled(Action)"/>
    public Task WithAutoTimeSkippingDisabledAsync(Func<Task> func) => WithAutoTimeSkippingDisabledAsync<object?>(async () =>
    {
        await func().ConfigureAwait(false);
        return null;
    });

    /// <inheritdoc cref="WithAutoTimeSkippingDisabled(Action)"/>
    public virtual Task<T> WithAutoTimeSkippingDisabledAsync<T>(Func<Task<T>> func) => func();

    /// <summary>Stops the server if it belongs to this environment.</summary>
    public virtual Task ShutdownAsync() => Task.CompletedTask;

    /// <summary>Stops the server if it belongs to this environment.</summary>
    public async ValueTask DisposeAsync()
    {
        await ShutdownAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
