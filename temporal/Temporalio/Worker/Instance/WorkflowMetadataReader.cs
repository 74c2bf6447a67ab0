using Temporalio.Api.Sdk.V1;

namespace Temporalio.Worker.Instance;

/// <summary>What the metadata query answers: type, handlers, current details.</summary>
internal static class WorkflowMetadataReader
{
    public static WorkflowMetadata Read(WorkflowInstance instance)
    {
        var definition = new WorkflowDefinition { Type = instance.Info.WorkflowType };
        definition.QueryDefinitions.AddRange(Read(instance.Queries, q => q.Description));
        definition.SignalDefinitions.AddRange(Read(instance.Signals, s => s.Description));
        definition.UpdateDefinitions.AddRange(Read(instance.Updates, u => u.Description));
        return new() { Definition = definition, CurrentDetails = instance.CurrentDetails };
    }

    /// <summary>The dynamic handler comes first and has no name.</summary>
    private static IEnumerable<WorkflowInteractionDefinition> Read<T>(HandlerSet<T> handlers, Func<T, string?> description)
        where T : class
    {
        if (handlers.Dynamic is { } dynamic)
        {
            yield return new() { Description = description(dynamic) ?? string.Empty };
        }

        foreach (var (name, handler) in handlers.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            yield return new() { Name = name, Description = description(handler) ?? string.Empty };
        }
    }
}
