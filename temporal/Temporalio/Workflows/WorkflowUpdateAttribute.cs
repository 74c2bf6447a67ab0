namespace Temporalio.Workflows;

/// <summary>Marks a method as an update handler: public, returning a task. The name defaults to the method's without "Async".</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowUpdateAttribute : Attribute
{
    /// <summary>A handler with the default name.</summary>
    public WorkflowUpdateAttribute()
    {
    }

    /// <summary>A handler with its own name.</summary>
    public WorkflowUpdateAttribute(string name) => Name = name;

    /// <summary>The name, or <see langword="null"/> for the default.</summary>
    public string? Name { get; }

    /// <summary>A short description that people see in user interfaces.</summary>
    public string? Description { get; set; }

    /// <summary>True if this handler takes every name without one of its own. Its parameters are <c>(string, IRawValue[])</c>.</summary>
    public bool Dynamic { get; set; }

    /// <summary>What happens when the workflow ends while this handler runs.</summary>
    public HandlerUnfinishedPolicy UnfinishedPolicy { get; set; } = HandlerUnfinishedPolicy.WarnAndAbandon;
}
