namespace Temporalio.Worker;

/// <summary>The environment variable that lets workflow code take any time.</summary>
internal static class DebugSwitch
{
    public static bool IsRequested { get; } =
        Environment.GetEnvironmentVariable("TEMPORAL_DEBUG") is { } value && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));

    /// <summary>How long workflow code may take without an await.</summary>
    public static TimeSpan DeadlockTimeout(bool debugMode) => debugMode ? TimeSpan.MaxValue : TimeSpan.FromSeconds(2);
}
