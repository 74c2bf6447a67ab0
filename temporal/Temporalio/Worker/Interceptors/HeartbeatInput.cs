namespace Temporalio.Worker.Interceptors;

/// <summary>Input of an activity's heartbeat.</summary>
public record HeartbeatInput(object?[] Details);
