namespace Temporalio.Client;

/// <summary>One page of workflows. The token asks for the next one; <see langword="null"/> after the last.</summary>
public record WorkflowListPage(IReadOnlyCollection<WorkflowExecution> Workflows, byte[]? NextPageToken);
