namespace Temporalio.Extensions.Hosting;

/// <summary>What tells the workers of a host apart.</summary>
/// <param name="TaskQueue">The task queue.</param>
/// <param name="Version">Build id or deployed version, if any.</param>
/// <param name="VersionIsBuildId">True if the version is a build id.</param>
public record TemporalWorkerServiceIdentifier(string TaskQueue, string? Version, bool VersionIsBuildId)
{
    /// <summary>The name under which the worker's options are kept.</summary>
    internal string OptionsName => TemporalWorkerServiceOptions.GetUniqueOptionsName(TaskQueue, Version);
}
