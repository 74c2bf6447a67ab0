using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>An activity that is completed from outside of its method.</summary>
public record AsyncActivityHandle(ITemporalClient Client, AsyncActivityHandle.Reference Activity)
    : IWithSerializationContext<AsyncActivityHandle>
{
    /// <summary>Used instead of the client's.</summary>
    public DataConverter? DataConverterOverride { get; init; }

    /// <exception cref="Exceptions.AsyncActivityCanceledException">The activity's cancellation was requested.</exception>
    public Task HeartbeatAsync(AsyncActivityHeartbeatOptions? options = null) =>
        Client.OutboundInterceptor.HeartbeatAsyncActivityAsync(new(Activity, options, DataConverterOverride));

    public Task CompleteAsync(object? result = null, AsyncActivityCompleteOptions? options = null) =>
        Client.OutboundInterceptor.CompleteAsyncActivityAsync(new(Activity, result, options, DataConverterOverride));

    public Task FailAsync(Exception exception, AsyncActivityFailOptions? options = null) =>
        Client.OutboundInterceptor.FailAsyncActivityAsync(new(Activity, exception, options, DataConverterOverride));

    public Task ReportCancellationAsync(AsyncActivityReportCancellationOptions? options = null) =>
        Client.OutboundInterceptor.ReportCancellationAsyncActivityAsync(new(Activity, options, DataConverterOverride));

    public AsyncActivityHandle WithSerializationContext(ISerializationContext context) =>
        this with { DataConverterOverride = Client.Options.DataConverter.WithSerializationContext(context) };

    /// <summary>What names an activity.</summary>
    public abstract record Reference
    {
        private protected Reference()
        {
        }
    }

    /// <summary>By ids. A missing run id means the latest run, an empty workflow id a standalone activity.</summary>
    public record IdReference(string WorkflowId, string? RunId, string ActivityId) : Reference;

    /// <summary>By the token of its task.</summary>
    public record TaskTokenReference(byte[] TaskToken) : Reference;
}
