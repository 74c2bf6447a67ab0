using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>Marks a class or interface as a workflow. The name defaults to the type's; an interface loses its leading "I".</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface, Inherited = false)]
public sealed class WorkflowAttribute : Attribute
{
    /// <summary>A workflow with the default name.</summary>
    public WorkflowAttribute()
    {
    }

    /// <summary>A workflow with its own name.</summary>
    public WorkflowAttribute(string name) => Name = name;

    /// <summary>The name, or <see langword="null"/> for the default.</summary>
    public string? Name { get; }

    /// <summary>True if this workflow runs every type that no other one is registered for. Its run method takes one <c>IRawValue[]</c>.</summary>
    public bool Dynamic { get; set; }

    /// <summary>Exceptions that fail the workflow instead of its task, besides the failure exceptions, which always do.</summary>
    public Type[]? FailureExceptionTypes { get; set; }

    /// <summary>How the workflow moves between worker deployment versions.</summary>
    public VersioningBehavior VersioningBehavior { get; set; }
}
