namespace Temporalio.Workflows;

/// <summary>The update whose handler is running.</summary>
/// <param name="Id">Id of the update.</param>
/// <param name="Name">Name of the update.</param>
public record WorkflowUpdateInfo(string Id, string Name);
