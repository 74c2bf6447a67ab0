namespace Temporalio.Workflows;

/// <summary>Marks the constructor that gets the arguments of the run method; its parameters are those of the run method.</summary>
[AttributeUsage(AttributeTargets.Constructor, Inherited = false)]
public sealed class WorkflowInitAttribute : Attribute;
