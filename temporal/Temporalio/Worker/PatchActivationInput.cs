using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>A patch that a run meets for the first time.</summary>
public record PatchActivationInput(WorkflowInfo WorkflowInfo, string PatchId);
