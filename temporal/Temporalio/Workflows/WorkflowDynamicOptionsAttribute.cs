namespace Temporalio.Workflows;

/// <summary>Marks the method of a dynamic workflow that answers the options which a static workflow has in its attribute.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowDynamicOptionsAttribute : Attribute;
