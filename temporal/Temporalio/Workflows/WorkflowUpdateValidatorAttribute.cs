namespace Temporalio.Workflows;

/// <summary>Marks the method that may refuse an update before it is accepted, by throwing. Same parameters as the update, no result, no effects.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowUpdateValidatorAttribute : Attribute
{
    /// <param name="updateMethod">Name of the update's method; use <c>nameof</c>.</param>
    public WorkflowUpdateValidatorAttribute(string updateMethod) => UpdateMethod = updateMethod;

    /// <summary>Name of the update's method.</summary>
    public string UpdateMethod { get; }
}
