namespace Temporalio.Worker.Interceptors;

/// <summary>Input of a timer. Without a token the workflow's own holds.</summary>
public record DelayAsyncInput(TimeSpan Delay, CancellationToken? CancellationToken, string? Summary);
