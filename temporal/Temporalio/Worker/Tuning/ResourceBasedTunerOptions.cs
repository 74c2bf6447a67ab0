namespace Temporalio.Worker.Tuning;

/// <summary>Targets of resource-based slots.</summary>
/// <param name="TargetMemoryUsage">Share of memory, from 0 to 1.</param>
/// <param name="TargetCpuUsage">Share of the processors, from 0 to 1.</param>
public sealed record ResourceBasedTunerOptions(double TargetMemoryUsage, double TargetCpuUsage);
