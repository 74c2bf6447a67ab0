namespace Temporalio.Worker.Interceptors;

/// <summary>Input of a request to cancel another workflow.</summary>
public record CancelExternalWorkflowInput(string Id, string? RunId);
