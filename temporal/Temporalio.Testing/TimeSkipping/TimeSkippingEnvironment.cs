using Temporalio.Client;

namespace Temporalio.Testing.TimeSkipping;

/// <summary>A server of this process whose clock jumps to the next thing to happen while somebody waits for a workflow's result.</summary>
internal sealed class TimeSkippingEnvironment : WorkflowEnvironment
{
    private readonly EmbeddedServer _server;
    private readonly SkippingClock _clock;
    private readonly TimeSkippingInterceptor _interceptor;

    private TimeSkippingEnvironment(ITemporalClient client, EmbeddedServer server, SkippingClock clock, TimeSkippingInterceptor interceptor)
        : base(client)
    {
        _server = server;
        _clock = clock;
        _interceptor = interceptor;
    }

    public override bool SupportsTimeSkipping => true;

    public static async Task<TimeSkippingEnvironment> StartAsync(WorkflowEnvironmentStartTimeSkippingOptions options)
    {
        options = (WorkflowEnvironmentStartTimeSkippingOptions)options.Clone();
        var clock = new SkippingClock();
        var interceptor = new TimeSkippingInterceptor();
        var server = await EmbeddedServer.StartAsync(options, clock).ConfigureAwait(false);
        try
        {
            options.TargetHost = server.Target;
            options.Interceptors = [interceptor, .. options.Interceptors ?? []];
            var client = await TemporalClient.ConnectAsync(options).ConfigureAwait(false);
            interceptor.Skipper = new(server.Engine, clock);
            return new(client, server, clock, interceptor);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task DelayAsync(TimeSpan delay, CancellationToken? cancellationToken = null) =>
        _interceptor.Skipper!.SleepAsync(delay, cancellationToken ?? CancellationToken.None);

    public override Task<DateTime> GetCurrentTimeAsync() => Task.FromResult(_clock.GetUtcNow().UtcDateTime);

    public override Task<T> WithAutoTimeSkippingDisabledAsync<T>(Func<Task<T>> func) => _interceptor.WithoutSkippingAsync(func);

    public override Task ShutdownAsync() => _server.DisposeAsync().AsTask();
}
