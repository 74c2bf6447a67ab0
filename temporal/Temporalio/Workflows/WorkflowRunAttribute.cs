namespace Temporalio.Workflows;

/// <summary>Marks the one method that runs the workflow; declared on the workflow's own type, public, returning a task.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowRunAttribute : Attribute;
