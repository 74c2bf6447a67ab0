using Temporalio.Converters;

namespace Temporalio.Client.Interceptors;

/// <summary>Input of <see cref="ClientOutboundInterceptor.HeartbeatAsyncActivityAsync"/>.</summary>
public record HeartbeatAsyncActivityInput(
    AsyncActivityHandle.Reference Activity,
    AsyncActivityHeartbeatOptions? Options,
    DataConverter? DataConverterOverride = null);

/// <summary>Input of <see cref="ClientOutboundInterceptor.CompleteAsyncActivityAsync"/>.</summary>
public record CompleteAsyncActivityInput(
    AsyncActivityHandle.Reference Activity,
    object? Result,
    AsyncActivityCompleteOptions? Options,
    DataConverter? DataConverterOverride = null);

/// <summary>Input of <see cref="ClientOutboundInterceptor.FailAsyncActivityAsync"/>.</summary>
public record FailAsyncActivityInput(
    AsyncActivityHandle.Reference Activity,
    Exception Exception,
    AsyncActivityFailOptions? Options,
    DataConverter? DataConverterOverride = null);

/// <summary>Input of <see cref="ClientOutboundInterceptor.ReportCancellationAsyncActivityAsync"/>.</summary>
public record ReportCancellationAsyncActivityInput(
    AsyncActivityHandle.Reference Activity,
    AsyncActivityReportCancellationOptions? Options,
    DataConverter? DataConverterOverride = null);
