using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Agents.Durable.Host.Telemetry;

/// <summary>
/// Sends traces and metrics to the collector that the usual variables name (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>OTEL_SERVICE_NAME</c> and so on); without an
/// endpoint there is nobody to send to, and nothing is recorded.
/// </summary>
internal sealed class TelemetryExport : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    public TelemetryExport(IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[Endpoint]))
        {
            return;
        }

        var service = configuration["OTEL_SERVICE_NAME"] ?? "agents-durable";
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(service))
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", TraceContextInterceptor.SourceName)
            .AddOtlpExporter()
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(service))
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Http.Connections", "System.Net.Http", "System.Runtime", "Npgsql")
            .AddOtlpExporter()
            .Build();
    }

    public bool IsOn => _traces is not null;

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }
}
