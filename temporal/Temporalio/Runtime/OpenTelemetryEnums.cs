namespace Temporalio.Runtime;

/// <summary>What an exported sum counts from.</summary>
public enum OpenTelemetryMetricTemporality
{
    Cumulative = 0,
    Delta = 1,
}

/// <summary>How metrics are exported.</summary>
public enum OpenTelemetryProtocol
{
    Grpc = 0,
    Http = 1,
}
