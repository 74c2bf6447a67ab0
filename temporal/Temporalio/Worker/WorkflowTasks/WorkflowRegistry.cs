using Temporalio.Workflows;

namespace Temporalio.Worker.WorkflowTasks;

/// <summary>The workflows of a worker by name.</summary>
internal static class WorkflowRegistry
{
    /// <exception cref="ArgumentException">Two workflows have one name, or one cannot be instantiated.</exception>
    public static (Dictionary<string, WorkflowDefinition> Named, WorkflowDefinition? Dynamic) Build(IEnumerable<WorkflowDefinition> definitions)
    {
        var named = new Dictionary<string, WorkflowDefinition>();
        WorkflowDefinition? dynamic = null;
        foreach (var definition in definitions)
        {
            if (!definition.Instantiable)
            {
                throw new ArgumentException($"Workflow named {definition.Name} is not instantiable. Note, an abstract type or interface cannot be registered");
            }

            if (definition.Name is null)
            {
                dynamic = dynamic is null ? definition : throw new ArgumentException("Multiple dynamic workflows provided");
            }
            else if (!named.TryAdd(definition.Name, definition))
            {
                throw new ArgumentException($"Duplicate workflow named {definition.Name}");
            }
        }

        return (named, dynamic);
    }
}
