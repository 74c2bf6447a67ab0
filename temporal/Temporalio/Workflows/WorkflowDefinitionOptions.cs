using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>Options that a dynamic workflow answers at run time; see <see cref="WorkflowDynamicOptionsAttribute"/>.</summary>
public class WorkflowDefinitionOptions : ICloneable
{
    /// <inheritdoc cref="WorkflowAttribute.FailureExceptionTypes"/>
    public Type[]? FailureExceptionTypes { get; set; }

    /// <inheritdoc cref="WorkflowAttribute.VersioningBehavior"/>
    public VersioningBehavior VersioningBehavior { get; set; }

    /// <inheritdoc/>
    public object Clone() => MemberwiseClone();
}
