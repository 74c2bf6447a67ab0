namespace Temporalio.Workflows;

/// <summary>Marks a method or property as a query handler: public, not asynchronous, without effects. The name defaults to the member's.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property, Inherited = false)]
public sealed class WorkflowQueryAttribute : Attribute
{
    /// <summary>A handler with the default name.</summary>
    public WorkflowQueryAttribute()
    {
    }

    /// <summary>A handler with its own name.</summary>
    public WorkflowQueryAttribute(string name) => Name = name;

    /// <summary>The name, or <see langword="null"/> for the default.</summary>
    public string? Name { get; }

    /// <summary>A short description that people see in user interfaces.</summary>
    public string? Description { get; set; }

    /// <summary>True if this handler takes every name without one of its own. Its parameters are <c>(string, IRawValue[])</c>.</summary>
    public bool Dynamic { get; set; }
}
